import { createApp, h, nextTick, shallowReactive } from 'vue'
import '../../../../../src/renderer/src/main.css'
import ImageCanvas from '../../../../../src/renderer/src/canvas/ImageCanvas.vue'
import type {
  CanvasAnnotation,
  CanvasGhost,
  CanvasPicture,
  CanvasSettings,
  ClassThresholds,
  SelectMode,
} from '../../../../../src/renderer/src/canvas/canvas-content.ts'
import { createWindowI18n, showLocale } from '../../../../../src/renderer/src/i18n/create-i18n.ts'
import { i18nKey } from '../../../../../src/renderer/src/i18n/translation.ts'
import { strokeEdit } from '../../../../../src/renderer/src/correction/gesture-edit.ts'
import type { DrawnOn } from '../../../../../src/renderer/src/canvas/canvas-content.ts'
import type { Gesture, Line } from '../../../../../src/renderer/src/canvas/tools/gesture.ts'
import { startOf } from '../../../../../src/renderer/src/canvas/tools/lines.ts'
import { StrokeMemory } from '../../../../../src/renderer/src/correction/stroke-memory.ts'
import type { ToolName } from '../../../../../src/renderer/src/canvas/tools/tool-machine.ts'
import type { ToolLook } from '../../../../../src/renderer/src/canvas/stage/paint-tool.ts'
import { measureFrames, measurePicks, measureRepaints, measureStrokes } from './measure.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'

/** The canvas alone on a page, for the benchmark and for looking at it. */

const query = new URLSearchParams(location.search)
document.documentElement.dataset.theme = query.get('theme') ?? 'dark'

interface PageState {
  picture: CanvasPicture | null
  annotations: readonly CanvasAnnotation[]
  ghosts: readonly CanvasGhost[]
  selectedIds: readonly number[]
  hoveredId: number | null
  thresholds: ClassThresholds | null
  hasRejected: boolean
  settings: CanvasSettings
  tool: ToolName
  toolLook: ToolLook
}

const state: PageState = shallowReactive<PageState>({
  picture: null,
  annotations: [],
  ghosts: [],
  selectedIds: [],
  hoveredId: null,
  thresholds: null,
  hasRejected: false,
  settings: DEFAULT_SETTINGS.view,
  tool: 'select',
  toolLook: { colour: '#ff8800', brush: { shape: 'round', diameterPx: 90 } },
})

interface PageScene {
  readonly width: number
  readonly height: number
  readonly url: string
  readonly thumbnailUrl: string | null
  readonly annotations: readonly CanvasAnnotation[]
  readonly ghosts: readonly CanvasGhost[]
}

function select(ids: readonly number[], mode: SelectMode): void {
  const present = new Set(mode === 'replace' ? [] : state.selectedIds)
  for (const id of ids) {
    if (mode === 'toggle' && present.has(id)) present.delete(id)
    else present.add(id)
  }
  state.selectedIds = [...present]
}

const commitTimes: number[] = []
const strokes = new StrokeMemory()
const follow = (line: Line, { size }: DrawnOn): void =>
  strokes.follow(line, { brush: state.toolLook.brush, size })

/** What the product does when a stroke ends, up to the command that it sends. */
function commit(gesture: Gesture, { size }: DrawnOn): void {
  if (gesture.kind !== 'stroke') return
  const start = performance.now()
  const targets = state.annotations.map(({ id, classId, mask, bbox }) => ({
    id,
    classId,
    mask,
    maskHash: mask.hash,
    bbox,
    area: mask.area,
  }))
  const { selectedIds } = state
  const context = { imageId: 1, size, targets, selectedIds, classId: 1, overlap: 'keep' as const }
  const mask = strokes.maskOf(gesture.line, { brush: state.toolLook.brush, size })
  strokeEdit(context, { mask, start: startOf(gesture.line) }, gesture.isErasing)
  commitTimes.push(performance.now() - start)
}

const events: string[] = []
const told = (text: string): void => void events.push(text)

function show({ width, height, url, thumbnailUrl, annotations, ghosts }: PageScene): void {
  const name = url.slice(url.lastIndexOf('/') + 1)
  state.picture = { id: url, width, height, url, thumbnailUrl, name, error: null }
  Object.assign(state, { annotations, ghosts, selectedIds: [] })
}

const canvasPage = {
  state,
  events,
  show,
  /** A scene that is too large to be handed over in a call. */
  fetchScene: async (url: string): Promise<void> =>
    show((await (await fetch(url)).json()) as PageScene),
  measureFrames,
  measurePicks,
  measureStrokes: async (rounds: number) => {
    state.tool = 'brush'
    state.selectedIds = [state.annotations[0].id]
    await nextTick()
    return measureStrokes(rounds, commitTimes)
  },
  measureRepaints: () => measureRepaints((thresholds) => (state.thresholds = thresholds)),
}
export type CanvasPage = typeof canvasPage
declare global {
  interface Window {
    canvasPage: CanvasPage
  }
}
window.canvasPage = canvasPage

const i18n = createWindowI18n()
if (query.get('locale') === 'zh-CN') await showLocale(i18n, 'zh-CN')

createApp({
  render: () =>
    h(ImageCanvas, {
      ...state,
      onSelect: select,
      onHover: (id: number | null) => told(`hover ${id}`),
      onMenu: (request: object) => told(`menu ${JSON.stringify(request)}`),
      onPromote: (id: number) => told(`promote ${id}`),
      onGesture: commit,
      onStroke: follow,
      onZoom: (scale: number) => told(`zoom ${scale}`),
    }),
})
  .use(i18n)
  .provide(i18nKey, i18n)
  .mount('#app')
