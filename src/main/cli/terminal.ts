import type { JobProgress } from '#shared/contract/events.ts'

/** Where the command line writes: results to stdout, everything said on the way to stderr. */
export interface Terminal {
  readonly isInteractive: boolean
  readonly columns: number
  result(text: string): void
  say(text: string): void
  /** Overwrites the line that it wrote before; only on an interactive terminal. */
  redraw(text: string): void
}

export function processTerminal(): Terminal {
  const isInteractive = process.stderr.isTTY
  let drawn = false
  // A reader such as `head` may stop early; there is nothing left to say then.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  const clear = (): string => {
    const before = drawn ? '\r\x1b[K' : ''
    drawn = false
    return before
  }
  return {
    isInteractive,
    get columns() {
      return process.stderr.columns || 80
    },
    result: (given) => {
      const text = printable(given)
      // On one terminal the result begins below the bar.
      if (drawn) process.stderr.write('\n')
      drawn = false
      process.stdout.write(`${text}\n`)
    },
    say: (text) => process.stderr.write(`${clear()}${printable(text)}\n`),
    redraw: (text) => {
      process.stderr.write(`${clear()}${text}`)
      drawn = true
    },
  }
}

/**
 * A terminal obeys what it is shown: a name of a file could clear the screen, or turn the direction
 * of a line around. Written as JSON writes them, so that JSON stays what it is.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, escaped)
}

/** The same for text that comes from a file's name or content: it gets one line and no more. */
export function onOneLine(text: string): string {
  return text.replace(/[\n\t]/g, escaped)
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** "1 image", "79 images" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

const BAR = 24
/** A plain line at most this often where nothing can be redrawn. */
const PLAIN_LINE_MS = 5000

/** What is shown of work on many images. */
export type ShownProgress = Pick<JobProgress, 'items' | 'imagesPerSecond' | 'remainingMs'>

/** Shows the progress of a job: a bar that is redrawn, or a plain line now and then. */
export class ProgressLine {
  readonly #terminal: Terminal
  #lastPlainMs = -Infinity

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(progress: ShownProgress, nowMs: number): void {
    const text = progressText(progress)
    if (this.#terminal.isInteractive) {
      this.#terminal.redraw(`${bar(progress)} ${text}`.slice(0, this.#terminal.columns - 1))
      return
    }
    const isLast = progress.items.queued + progress.items.running === 0
    // That it has begun was said before.
    if (!isLast && countsOf(progress).ended === 0) return
    if (!isLast && nowMs - this.#lastPlainMs < PLAIN_LINE_MS) return
    this.#lastPlainMs = nowMs
    this.#terminal.say(text)
  }
}

function countsOf({ items }: ShownProgress): { ended: number; total: number } {
  const ended = items.done + items.failed
  return { ended, total: ended + items.queued + items.running }
}

function bar(progress: ShownProgress): string {
  const { ended, total } = countsOf(progress)
  const filled = total === 0 ? BAR : Math.round((ended / total) * BAR)
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`
}

/** "120 of 10000 images, 8.1 a second, 20 min 20 s left, 2 failed" */
export function progressText(progress: ShownProgress): string {
  const { ended, total } = countsOf(progress)
  const parts = [`${ended} of ${counted(total, 'image')}`]
  if (progress.imagesPerSecond !== null)
    parts.push(`${progress.imagesPerSecond.toFixed(1)} a second`)
  if (progress.remainingMs !== null && ended < total) {
    parts.push(`${formatDuration(progress.remainingMs)} left`)
  }
  if (progress.items.failed > 0) parts.push(`${progress.items.failed} failed`)
  return parts.join(', ')
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** "25.4 kB", "345 MB": as browsers and hosts write sizes, by thousands. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`
}
