import type { MenuItemConstructorOptions } from 'electron'
import type { RecentProject } from '#shared/contract/commands.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { Labels } from './labels.ts'

export interface MenuFacts {
  readonly labels: Labels
  readonly isMac: boolean
  /** The tools for developers are only for those who build Lexmask. */
  readonly isPackaged: boolean
  readonly hasProject: boolean
  readonly recent: readonly RecentProject[]
  /** Keys that the person gave to actions; others have those below. */
  readonly shortcuts: Settings['shortcuts']
}

export interface MenuActions {
  /** An action of the window, by the id of its table of shortcuts. */
  choose(actionId: string): void
  openProject(path: string): void
  closeProject(): void
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The native menu, for Electron to build. */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const { labels, isMac } = facts
  const action = (label: string, actionId: string, usual: string): MenuItemConstructorOptions => {
    const chosen = facts.shortcuts[actionId]
    const accelerator = chosen === undefined ? usual : acceleratorOf(chosen[0])
    return {
      id: actionId,
      label,
      ...(accelerator === undefined ? {} : { accelerator }),
      // The page has these keys itself, and knows when they are for the text that is being typed. A Mac
      // gives them to the menu first, which must not take letters from a text.
      registerAccelerator: isMac && (chosen === undefined || /^(Mod|Alt)\+/.test(chosen[0] ?? '')),
      click: () => actions.choose(actionId),
    }
  }
  const settings = action(labels.settings, 'view.settings', 'CmdOrCtrl+,')
  return [
    ...(isMac ? [macMenu(settings)] : []),
    {
      label: labels.file,
      submenu: [
        action(labels.newProject, 'project.new', 'CmdOrCtrl+N'),
        action(labels.openProject, 'project.open', 'CmdOrCtrl+O'),
        { label: labels.openRecent, submenu: recentMenu(facts, actions) },
        separator,
        whenOpen(facts, action(labels.addImages, 'images.add', 'CmdOrCtrl+I')),
        whenOpen(facts, action(labels.export, 'project.export', 'CmdOrCtrl+E')),
        separator,
        whenOpen(facts, {
          id: 'project.close',
          label: labels.closeProject,
          click: () => actions.closeProject(),
        }),
        ...(isMac ? [] : [separator, settings, separator, quit(labels)]),
      ],
    },
    {
      label: labels.edit,
      submenu: [
        action(labels.undo, 'history.undo', 'CmdOrCtrl+Z'),
        action(labels.redo, 'history.redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll', registerAccelerator: false },
      ],
    },
    {
      label: labels.view,
      submenu: [
        action(labels.projects, 'view.projects', 'CmdOrCtrl+1'),
        action(labels.label, 'view.label', 'CmdOrCtrl+2'),
        action(labels.review, 'view.review', 'CmdOrCtrl+3'),
        action(labels.search, 'view.search', 'CmdOrCtrl+4'),
        action(labels.packs, 'view.packs', 'CmdOrCtrl+5'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(facts.isPackaged ? [] : ([{ role: 'toggleDevTools' }] as const)),
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' as const, label: labels.window }] : []),
    {
      role: 'help',
      label: labels.help,
      submenu: [
        action(labels.shortcuts, 'help.shortcuts', 'Shift+/'),
        ...(isMac ? [] : ([{ role: 'about', label: labels.about }] as const)),
      ],
    },
  ]
}

const ELECTRON_KEYS: Readonly<Record<string, string>> = {
  Mod: 'CmdOrCtrl',
  '+': 'Plus',
  '?': 'Shift+/',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
}

/** Keys of the window in the words of Electron; undefined for none. */
function acceleratorOf(keys: string | undefined): string | undefined {
  const parts = keys?.match(/[^+]+|\+$/g)
  return parts?.map((part) => ELECTRON_KEYS[part] ?? part).join('+')
}

function macMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  }
}

function quit(labels: Labels): MenuItemConstructorOptions {
  return { role: 'quit', label: labels.quit, accelerator: 'Ctrl+Q' }
}

function whenOpen(
  { hasProject }: MenuFacts,
  item: MenuItemConstructorOptions,
): MenuItemConstructorOptions {
  return { ...item, enabled: hasProject }
}

function recentMenu(
  { recent, labels }: MenuFacts,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const there = recent.filter(({ isThere }) => isThere).slice(0, 10)
  if (there.length === 0) return [{ label: labels.noRecent, enabled: false }]
  return there.map(({ path }) => ({
    // `&` would underline the letter behind it.
    label: path.replaceAll('&', '&&'),
    click: () => actions.openProject(path),
  }))
}
