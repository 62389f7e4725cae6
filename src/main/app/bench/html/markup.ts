/** Text that is HTML already; everything else is escaped where it is put in. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Of a name from a file of a stranger: neither an element nor the end of an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ENTITIES[one])

/** HTML whose parts are escaped unless they are markup; attributes are to be quoted. null is nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    pieces.map((piece, i) => (i === 0 ? '' : rendered(parts[i - 1])) + piece).join(''),
  )
}

function rendered(part: Part): string {
  if (part === null) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(rendered).join('')
  return escaped(String(part))
}
