import { z } from 'zod'
import type { Failure } from '../errors.ts'
import type { RecipeName } from '../recipes.ts'
import { answering, nothing } from './command.ts'

export interface PackSummary {
  readonly kind: 'mask-rcnn' | 'clip' | 'sam' | 'text-table'
  readonly name: string
  /** As its description has it; null when it has none. */
  readonly title: string | null
  readonly licence: string | null
  /** Absolute. */
  readonly folder: string
  /** On the disk; null when they cannot be counted. */
  readonly bytes: number | null
  /** It lies where Lexmask installs, and so can be removed. */
  readonly isRemovable: boolean
  /** Of a detector; 0 for the others. */
  readonly classes: number
  readonly precisions: readonly string[]
  /** Recipes that it takes part in. */
  readonly recipes: readonly RecipeName[]
}

export interface PackList {
  readonly packs: readonly PackSummary[]
  readonly refused: readonly { readonly folder: string; readonly reason: string }[]
  /** Folders that were looked through. */
  readonly searched: readonly string[]
}

/** How far the installation of a pack is. */
export interface PackProgress {
  readonly pack: string
  readonly state: 'downloading' | 'converting' | 'checking' | 'done' | 'cancelled' | 'failed'
  readonly receivedBytes: number
  /** null while the server does not tell. */
  readonly totalBytes: number | null
  /** Of the last seconds; null before there is anything to measure. */
  readonly bytesPerSecond: number | null
  readonly remainingMs: number | null
  /** When `failed`. */
  readonly failure: Failure | null
}

/** A pack that can be installed. */
export interface PackOffer {
  readonly name: string
  readonly kind: 'mask-rcnn' | 'clip' | 'sam'
  readonly title: string
  readonly licence: string
  /** A page about it. */
  readonly origin: string
  /** What it is good for, by language. */
  readonly purpose: Readonly<Record<'en' | 'zh-CN', string>>
  /** To download; null when the list does not tell. */
  readonly bytes: number | null
  /** false: the number is rounded, and the host tells the real one. */
  readonly isExact: boolean
  /** What is downloaded, for who does it by hand. */
  readonly files: readonly {
    readonly url: string
    readonly bytes: number | null
    readonly sha256: string | null
  }[]
  /** false: this version of Lexmask has no use for it yet. */
  readonly isUsable: boolean
  /** Where it is; null when it is not installed. */
  readonly folder: string | null
  /** Of an installation that goes on, or of the last one that failed. */
  readonly progress: PackProgress | null
}

export interface PackOffers {
  /** Where packs are installed. */
  readonly root: string
  /** Hosts that are asked, with the mirror of the settings. */
  readonly hosts: readonly string[]
  readonly packs: readonly PackOffer[]
}

/** A pack that was copied out of a folder. */
export interface PackAddition {
  readonly name: string
  /** Where it is now. */
  readonly folder: string
  /** It was there before, and was left as it is. */
  readonly isKnown: boolean
}

/** What a check of an installed pack found. */
export interface PackCheckReport {
  readonly name: string
  readonly folder: string
  readonly isWhole: boolean
  /** Files that were held against their sha256. */
  readonly checked: number
  /** In words for the user. */
  readonly faults: readonly string[]
}

const name = z.string().min(1).max(200)

/** Model packs: those that are here, and those that can be. */
export const packCommands = {
  'packs.list': answering<PackList>()(
    /** `isFresh` looks into the folders again. */
    z.strictObject({ isFresh: z.boolean().default(false) }),
  ),
  'packs.available': answering<PackOffers>()(nothing),
  /** Begins it; `pack.progress` tells how it goes on and ends. CONFLICT when it goes on already. */
  'packs.install': answering<PackProgress>()(z.strictObject({ name })),
  /** What was downloaded is kept, to go on from. Nothing happens when it does not go on. */
  'packs.cancelInstall': answering<{ readonly isCancelled: boolean }>()(z.strictObject({ name })),
  /** Copies the packs of a folder to where packs are installed. PACK_INVALID, PACK_MISSING say why not. */
  'packs.add': answering<{ readonly packs: readonly PackAddition[] }>()(
    z.strictObject({ folder: z.string().min(1) }),
  ),
  /** Changes and deletes nothing. */
  'packs.verify': answering<PackCheckReport>()(z.strictObject({ name })),
  /** FORBIDDEN for a pack that lies elsewhere than Lexmask installs. */
  'packs.remove': answering<{ readonly folder: string }>()(z.strictObject({ name })),
} as const
