import { computed, onScopeDispose, shallowRef } from 'vue'
import type { ComputedRef, ShallowRef } from 'vue'
import type { ImageSummary } from '#shared/contract/commands.ts'
import type { DuplicatesProgress } from '#shared/contract/events.ts'
import { useClient } from '../transport/use-client.ts'
import { PaceMeter } from './pace.ts'
import type { Pace } from './pace.ts'

/** Files of the same content, or photos that look alike. */
export type DuplicateKind = 'same' | 'similar'

export interface DuplicateGroup {
  /** What stays first. */
  readonly images: readonly ImageSummary[]
  readonly keptId: number
  /** Its others leave the project. */
  readonly isChosen: boolean
}

export interface Duplicates {
  /** null while they are looked for; those that are on show. */
  readonly groups: ComputedRef<readonly DuplicateGroup[] | null>
  readonly groupCount: ComputedRef<number>
  /** Images that could not be looked at. */
  readonly unread: ShallowRef<number>
  readonly failure: ShallowRef<unknown>
  readonly progress: ShallowRef<(DuplicatesProgress & { readonly pace: Pace | null }) | null>
  /** Ids of what leaves the project, of the groups on show. */
  readonly copies: ComputedRef<readonly number[]>
  readonly look: (kind: DuplicateKind) => Promise<void>
  readonly keep: (imageId: number) => void
  readonly choose: (group: DuplicateGroup, isChosen: boolean) => void
}

const GROUPS_SHOWN = 50
const IMAGES_ASKED = 1000

/** Groups of copies, and which of each group stays. */
export function useDuplicates(): Duplicates {
  const client = useClient()
  const found = shallowRef<readonly (readonly ImageSummary[])[] | null>(null)
  const count = shallowRef(0)
  const unread = shallowRef(0)
  const failure = shallowRef<unknown>(null)
  const progress = shallowRef<Duplicates['progress']['value']>(null)
  const kept = shallowRef<ReadonlySet<number>>(new Set())
  const spared = shallowRef<ReadonlySet<number>>(new Set())
  let meter = new PaceMeter()
  let call = 0

  onScopeDispose(
    client.subscribe('duplicates.progress', (told) => {
      const pace = meter.tell(told.done, told.total, performance.now())
      progress.value = { ...told, pace }
    }),
  )

  async function look(kind: DuplicateKind): Promise<void> {
    const mine = ++call
    found.value = failure.value = progress.value = null
    kept.value = spared.value = new Set()
    meter = new PaceMeter()
    try {
      const answer = await client.request('images.duplicates', { similar: kind === 'similar' })
      if (mine !== call || answer.isSuperseded) return
      const shown = await summariesOf(answer.groups.slice(0, GROUPS_SHOWN))
      if (mine !== call) return
      count.value = answer.groups.length
      unread.value = answer.unread
      found.value = shown
    } catch (error) {
      if (mine === call) failure.value = error
    }
  }

  async function summariesOf(groups: readonly (readonly number[])[]): Promise<ImageSummary[][]> {
    const imageIds = groups.flat().slice(0, IMAGES_ASKED)
    const summaries = imageIds.length === 0 ? [] : await client.request('images.get', { imageIds })
    const byId = new Map(summaries.map((summary) => [summary.id, summary]))
    const known = groups.map((group) => group.flatMap((id) => byId.get(id) ?? []))
    return known.filter((group) => group.length > 1).map((group) => group.toSorted(byWorth))
  }

  const groups = computed(
    () =>
      found.value?.map((images): DuplicateGroup => {
        const chosen = images.find(({ id }) => kept.value.has(id)) ?? images[0]
        return { images, keptId: chosen.id, isChosen: !spared.value.has(images[0].id) }
      }) ?? null,
  )
  const copies = computed(() =>
    (groups.value ?? []).flatMap(({ images, keptId, isChosen }) =>
      isChosen ? images.map(({ id }) => id).filter((id) => id !== keptId) : [],
    ),
  )

  function keep(imageId: number): void {
    const group = found.value?.find((images) => images.some(({ id }) => id === imageId)) ?? []
    const others = new Set(group.map(({ id }) => id))
    kept.value = new Set([...[...kept.value].filter((id) => !others.has(id)), imageId])
  }

  function choose({ images: [first] }: DuplicateGroup, isChosen: boolean): void {
    const next = new Set(spared.value)
    if (isChosen) next.delete(first.id)
    else next.add(first.id)
    spared.value = next
  }

  return {
    groups,
    groupCount: computed(() => count.value),
    unread,
    failure,
    progress,
    copies,
    look,
    keep,
    choose,
  }
}

/** What somebody has worked on goes first, then what shows most, then what was added first. */
function byWorth(a: ImageSummary, b: ImageSummary): number {
  return worked(b) - worked(a) || pixels(b) - pixels(a) || b.bytes - a.bytes || a.id - b.id
}

const worked = ({ annotations, proposed }: ImageSummary): number => annotations - proposed
const pixels = ({ width, height }: ImageSummary): number => (width ?? 0) * (height ?? 0)
