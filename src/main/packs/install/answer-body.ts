import type { IncomingMessage } from 'node:http'

/** Pieces that wait to be written, before the server is held up. */
const WAITING_PIECES = 64

/**
 * The body of an answer, piece by piece as it came in. It listens from the first moment on: a stream's
 * own iterator drops what came just before the connection broke, and a line that breaks often would
 * never get anywhere.
 */
export class AnswerBody {
  readonly #message: IncomingMessage
  readonly #waiting: Buffer[] = []
  #end: { readonly error: Error | null } | null = null
  #wake = (): void => undefined

  /** @param silence the error that a silent server ends in, after `silenceMs` */
  constructor(message: IncomingMessage, silenceMs: number, silence: () => Error) {
    this.#message = message
    message.setTimeout(silenceMs, () => message.destroy(silence()))
    message.on('data', (piece: Buffer) => {
      this.#waiting.push(piece)
      if (this.#waiting.length >= WAITING_PIECES) message.pause()
      this.#wake()
    })
    message.on('end', () => this.#endWith(null))
    message.on('error', (error) => this.#endWith(error))
    message.on('close', () => this.#endWith(new Error('the connection was closed')))
  }

  /** @throws what the connection ended in, after all that came before it */
  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      for (let piece = this.#waiting.shift(); piece; piece = this.#waiting.shift()) yield piece
      if (this.#end?.error) throw this.#end.error
      if (this.#end) return
      this.#message.resume()
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  destroy(): void {
    this.#message.destroy()
  }

  #endWith(error: Error | null): void {
    this.#end ??= { error }
    this.#wake()
  }
}
