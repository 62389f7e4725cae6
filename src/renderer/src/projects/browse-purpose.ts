import type { FolderEntry, PickPurpose } from '#shared/contract/commands.ts'
import type { MessageKey } from '../i18n/translation.ts'

/** How the file browser behaves for what it was opened for. */
export interface BrowsePurpose {
  readonly titleKey: MessageKey
  readonly confirmKey: MessageKey
  /** Of what is no folder: what can be chosen. */
  readonly kinds: readonly FolderEntry['kind'][]
  readonly isMultiple: boolean
  /** The folder that is shown is an answer itself, where nothing in it is chosen. */
  readonly takesFolders: boolean
  /** Where a name is typed: its ending. */
  readonly ending: string | null
}

const BASE: Omit<BrowsePurpose, 'titleKey' | 'confirmKey'> = {
  kinds: [],
  isMultiple: false,
  takesFolders: false,
  ending: null,
}

export const BROWSE_PURPOSES: Readonly<Record<PickPurpose, BrowsePurpose>> = {
  'open-project': {
    ...BASE,
    titleKey: 'projects.browseProject',
    confirmKey: 'projects.openAction',
    kinds: ['project'],
  },
  'new-project': {
    ...BASE,
    titleKey: 'projects.browseNew',
    confirmKey: 'projects.createAction',
    kinds: ['project'],
    ending: '.lexmask',
  },
  images: {
    ...BASE,
    titleKey: 'projects.browseImages',
    confirmKey: 'projects.addAction',
    kinds: ['image'],
    isMultiple: true,
    takesFolders: true,
  },
  'image-folder': {
    ...BASE,
    titleKey: 'projects.browseImages',
    confirmKey: 'projects.addAction',
    kinds: ['image'],
    isMultiple: true,
    takesFolders: true,
  },
  'coco-file': {
    ...BASE,
    titleKey: 'projects.browseCoco',
    confirmKey: 'projects.openAction',
    kinds: ['file'],
  },
  export: {
    ...BASE,
    titleKey: 'projects.browseExport',
    confirmKey: 'projects.saveAction',
    kinds: ['file'],
    ending: '.json',
  },
  folder: {
    ...BASE,
    titleKey: 'projects.browseFolder',
    confirmKey: 'projects.openAction',
    takesFolders: true,
  },
}
