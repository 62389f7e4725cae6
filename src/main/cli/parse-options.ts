import { InvalidArgumentError } from 'commander'
import { MAX_MASK_SIDE } from '#shared/geometry/size.ts'

export function parseScore(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It has to be a number from 0 to 1.')
}

export function parseCount(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It has to be a whole number.')
}

export function parsePixels(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 100) return value
  throw new InvalidArgumentError('It has to be a number of pixels from 0 to 100.')
}

export function parseSide(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_MASK_SIDE) return value
  throw new InvalidArgumentError(`It has to be a number of pixels from 1 to ${MAX_MASK_SIDE}.`)
}

/** Collects `--set name=value`; a value is JSON where it reads as such, and text otherwise. */
export function collectSetting(
  text: string,
  collected: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It has to be name=value.')
  const value = text.slice(at + 1)
  return { ...collected, [text.slice(0, at)]: jsonOr(value) }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** @throws InvalidArgumentError unless it is an address of the web */
export function parseWebAddress(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('It has to be an address such as https://mirror.example.')
}
