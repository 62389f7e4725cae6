/**
 * Reads JSON text whose root is a list, or an object with long lists in it, element by element: so
 * that a file larger than the longest string of V8 (512 MB) can be read, memory follows the longest
 * element, and an error can name its place.
 */
export interface JsonVisitor {
  /** Members of the root object whose lists are wanted; all others are passed over unread. */
  readonly lists: ReadonlySet<string>
  /** Before the value of a member of the root object. */
  readonly onMember: (name: string, isList: boolean) => void
  /** `list` is the member's name, or null when the root itself is the list. */
  readonly onElement: (list: string | null, index: number, value: unknown, byte: number) => void
}

export type JsonFault = 'cut-off' | 'syntax' | 'encoding' | 'too-deep' | 'too-long'

/** Thrown for text that is not JSON, or that no honest file holds. */
export class JsonElementsError extends Error {
  readonly fault: JsonFault
  /** Offset of the first byte that cannot be. */
  readonly byte: number
  /** Such as `annotations[12]`; empty at the root. */
  readonly place: string

  constructor(fault: JsonFault, byte: number, place: string, message: string) {
    super(message)
    this.name = 'JsonElementsError'
    this.fault = fault
    this.byte = byte
    this.place = place
  }
}

/** COCO nests four deep; beyond this a file is made to hurt. */
const MAX_DEPTH = 64

/** The run lengths of the busiest mask of 268 million pixels stay below. */
const MAX_ELEMENT_BYTES = 256 * 2 ** 20

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

type State =
  | 'root'
  | 'first-name'
  | 'name'
  | 'colon'
  | 'value'
  | 'after-member'
  | 'first-element'
  | 'element'
  | 'after-element'
  | 'token'
  | 'done'

type TokenPurpose = 'name' | 'element' | 'passed-over'

/** Takes the bytes of a file chunk by chunk, and calls the visitor in between. */
export class JsonElementReader {
  readonly #visitor: JsonVisitor
  #state: State = 'root'
  /** Bytes of all chunks before the current one. */
  #bytesBefore = 0
  #isRootList = false
  #member: string | null = null
  /** Of the element that is being read, or comes next; -1 outside of wanted lists. */
  #index = -1

  #purpose: TokenPurpose = 'element'
  #tokenStart = 0
  #tokenParts: Buffer[] = []
  #tokenBytes = 0
  #depth = 0
  #isInString = false
  #isEscaped = false

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor
  }

  /** @throws JsonElementsError */
  push(chunk: Buffer): void {
    let at = this.#bytesBefore === 0 && startsWithByteOrderMark(chunk) ? 3 : 0
    if (this.#state === 'token') at = this.#readToken(chunk, at)
    while (at < chunk.length) {
      const byte = chunk[at]
      if (isSpace(byte)) at++
      else at = this.#step(chunk, at, byte)
    }
    this.#bytesBefore += chunk.length
  }

  /**
   * @returns what the root was
   * @throws JsonElementsError when the text is not complete
   */
  finish(): 'list' | 'object' {
    if (this.#state === 'done') return this.#isRootList ? 'list' : 'object'
    throw this.#error('cut-off', this.#bytesBefore, 'the text ends too early')
  }

  /** One structural character, or the start of a token. @returns where to go on */
  #step(chunk: Buffer, at: number, byte: number): number {
    switch (this.#state) {
      case 'root':
        if (byte !== OPEN_OBJECT && byte !== OPEN_LIST) return this.#refuse(at, byte)
        this.#isRootList = byte === OPEN_LIST
        this.#state = this.#isRootList ? 'first-element' : 'first-name'
        if (this.#isRootList) this.#index = 0
        return at + 1
      case 'first-name':
      case 'name':
        if (byte === CLOSE_OBJECT && this.#state === 'first-name') return this.#close(at)
        if (byte !== QUOTE) return this.#refuse(at, byte)
        return this.#startToken('name', chunk, at)
      case 'colon':
        if (byte !== COLON) return this.#refuse(at, byte)
        this.#state = 'value'
        return at + 1
      case 'value':
        return this.#startValue(chunk, at, byte)
      case 'after-member':
        if (byte === CLOSE_OBJECT) return this.#close(at)
        if (byte !== COMMA) return this.#refuse(at, byte)
        this.#state = 'name'
        return at + 1
      case 'first-element':
      case 'element':
        if (byte === CLOSE_LIST && this.#state === 'first-element') return this.#endList(at)
        return this.#startToken('element', chunk, at)
      case 'after-element':
        if (byte === CLOSE_LIST) return this.#endList(at)
        if (byte !== COMMA) return this.#refuse(at, byte)
        this.#index++
        this.#state = 'element'
        return at + 1
      case 'token':
      case 'done':
        return this.#refuse(at, byte)
    }
  }

  #startValue(chunk: Buffer, at: number, byte: number): number {
    const name = this.#member ?? ''
    const isList = byte === OPEN_LIST
    this.#visitor.onMember(name, isList)
    if (!isList || !this.#visitor.lists.has(name)) return this.#startToken('passed-over', chunk, at)
    this.#index = 0
    this.#state = 'first-element'
    return at + 1
  }

  #endList(at: number): number {
    this.#index = -1
    if (this.#isRootList) return this.#close(at)
    this.#state = 'after-member'
    return at + 1
  }

  #close(at: number): number {
    this.#state = 'done'
    this.#member = null
    return at + 1
  }

  #startToken(purpose: TokenPurpose, chunk: Buffer, at: number): number {
    const byte = chunk[at]
    if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      return this.#refuse(at, byte)
    }
    this.#purpose = purpose
    this.#tokenStart = this.#bytesBefore + at
    this.#tokenParts = []
    this.#tokenBytes = 0
    this.#depth = 0
    this.#isInString = false
    this.#isEscaped = false
    this.#state = 'token'
    return this.#readToken(chunk, at)
  }

  #readToken(chunk: Buffer, from: number): number {
    const end = this.#endOfToken(chunk, from)
    const to = end < 0 ? chunk.length : end
    if (this.#purpose !== 'passed-over') {
      this.#tokenBytes += to - from
      if (this.#tokenBytes > MAX_ELEMENT_BYTES) {
        throw this.#error('too-long', this.#tokenStart, `longer than ${MAX_ELEMENT_BYTES} bytes`)
      }
      // Copied when it goes on in the next chunk, as the reader may use the chunk's memory again.
      const part = chunk.subarray(from, to)
      this.#tokenParts.push(end < 0 ? Buffer.from(part) : part)
    }
    if (end >= 0) this.#finishToken()
    return to
  }

  /** @returns the offset behind the token, or -1 when it goes on in the next chunk */
  #endOfToken(chunk: Buffer, from: number): number {
    let depth = this.#depth
    let isInString = this.#isInString
    let isEscaped = this.#isEscaped
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) {
          isInString = false
          if (depth === 0) return at + 1
        }
      } else if (byte === QUOTE) isInString = true
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth++
        if (depth > MAX_DEPTH) {
          throw this.#error('too-deep', this.#bytesBefore + at, `nested over ${MAX_DEPTH} deep`)
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 0) return at
        depth--
        if (depth === 0) return at + 1
      } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at
    }
    this.#depth = depth
    this.#isInString = isInString
    this.#isEscaped = isEscaped
    return -1
  }

  #finishToken(): void {
    if (this.#purpose === 'passed-over') {
      this.#state = 'after-member'
      return
    }
    const value = this.#parseToken()
    this.#tokenParts = []
    if (this.#purpose === 'name') {
      this.#member = value as string
      this.#state = 'colon'
    } else {
      this.#state = 'after-element'
      this.#visitor.onElement(
        this.#isRootList ? null : this.#member,
        this.#index,
        value,
        this.#tokenStart,
      )
    }
  }

  #parseToken(): unknown {
    const bytes =
      this.#tokenParts.length === 1 ? this.#tokenParts[0] : Buffer.concat(this.#tokenParts)
    let text: string
    try {
      text = utf8.decode(bytes)
    } catch {
      throw this.#error('encoding', this.#tokenStart, 'not UTF-8')
    }
    try {
      return JSON.parse(text) as unknown
    } catch (error) {
      const { message } = error as SyntaxError
      const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0)
      const byte = this.#tokenStart + Buffer.byteLength(text.slice(0, position))
      throw this.#error('syntax', byte, reasonOf(message, text))
    }
  }

  #refuse(at: number, byte: number): never {
    const character = byte > 0x20 && byte < 0x7f ? `“${String.fromCharCode(byte)}”` : `byte ${byte}`
    throw this.#error('syntax', this.#bytesBefore + at, `unexpected ${character}`)
  }

  #error(fault: JsonFault, byte: number, message: string): JsonElementsError {
    const list = this.#isRootList ? '' : (this.#member ?? '')
    return new JsonElementsError(
      fault,
      byte,
      this.#index < 0 ? list : `${list}[${this.#index}]`,
      message,
    )
  }
}

/** V8 quotes the text around the fault; the place is told by other means here. */
function reasonOf(message: string, text: string): string {
  if (/^Unexpected token '[NI-]'/.test(message) && /NaN|Infinity/.test(text)) {
    return 'NaN and Infinity are no numbers in JSON'
  }
  return message.split(/, (?:\.\.\.)?"| in JSON/)[0]
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const startsWithByteOrderMark = (chunk: Buffer) =>
  chunk.length >= 3 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
