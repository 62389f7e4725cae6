export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

const MAC_CAPS: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
const CAPS: Readonly<Record<string, string>> = {
  Mod: 'Ctrl',
  Escape: 'Esc',
  Delete: 'Del',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Enter: '↵',
  Backspace: '⌫',
  '-': '−',
}

/** Any of these digits, as one key of the table. */
export const DIGIT_KEYS = '1–9'

/** `Mod+Shift+Z` as `Mod`, `Shift`, `Z`; the plus key is itself a part. */
function partsOf(keys: string): string[] {
  return keys.endsWith('+') ? [...keys.split('+').slice(0, -2), '+'] : keys.split('+')
}

/** What stands on the keys: `Mod+Z` is `Ctrl`, `Z`, or `⌘`, `Z` on a Mac. */
export function keyCaps(keys: string, isOnMac = isMac): string[] {
  return partsOf(keys).map((part) => (isOnMac ? MAC_CAPS[part] : undefined) ?? CAPS[part] ?? part)
}

/**
 * A key press in the form of the table. Shift counts only for letters and named keys: in `?` it is
 * part of the character, and where it stands differs between keyboards.
 */
export function keysOfEvent(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  isOnMac = isMac,
): string {
  // With Alt a Mac types another character; the key itself is what is meant.
  const named = event.altKey ? event.code.replace(/^(Key|Digit)/, '') : event.key
  const isLetter = /^[a-z]$/i.test(named)
  const key = isLetter ? named.toUpperCase() : named === ' ' ? 'Space' : named
  const isShiftToldApart = isLetter || named.length > 1
  return [
    (isOnMac ? event.metaKey : event.ctrlKey) ? 'Mod' : null,
    event.altKey ? 'Alt' : null,
    event.shiftKey && isShiftToldApart ? 'Shift' : null,
    key,
  ]
    .filter((part) => part !== null)
    .join('+')
}

/** What edits the text of a field: on every system, with Ctrl or with Command. */
const TEXT_CHORD = /^Mod\+(Shift\+)?([ACVXYZ]|Arrow\w+|Home|End|Backspace|Delete|Enter|Insert)$/

/**
 * Whether a press, as `keysOfEvent` names it, belongs to the field that is typed in. Ctrl and Alt
 * together are AltGr, and Alt alone types characters on a Mac; there `Mod+3` is left to go by.
 */
export function isForText(keys: string, isOnMac = isMac): boolean {
  if (keys.startsWith('Mod+Alt+')) return true
  if (keys.startsWith('Mod+')) return TEXT_CHORD.test(keys)
  return isOnMac || !/^Alt\+[1-9]$/.test(keys)
}

const MODIFIERS = [
  'Control',
  'Meta',
  'Alt',
  'AltGraph',
  'Shift',
  'CapsLock',
  'NumLock',
  'ScrollLock',
  'Fn',
]
const NO_KEYS = ['Dead', 'Process', 'Unidentified', 'Compose']

/** Whether a press is a key of its own, and no modifier on the way to one. */
export function isWholeKey({ key }: Pick<KeyboardEvent, 'key'>): boolean {
  return ![...MODIFIERS, ...NO_KEYS].includes(key)
}

/** `Alt+3` is one of `Alt+1–9`. */
export function withAnyDigit(keys: string): string {
  return keys.replace(/(^|\+)[1-9]$/, `$1${DIGIT_KEYS}`)
}

/** Whether a press of `pressed` is one of `keys`. */
export function isPressOf(keys: string, pressed: string): boolean {
  return keys === pressed || (keys.endsWith(DIGIT_KEYS) && keys === withAnyDigit(pressed))
}

/** Whether one press could be both. */
export function doKeysOverlap(one: string, other: string): boolean {
  return isPressOf(one, other) || isPressOf(other, one)
}
