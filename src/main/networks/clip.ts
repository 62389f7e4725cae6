import type { ClipPreprocess } from '#main/vision/clip-preprocess.ts'
import type { SessionFactory } from './sessions.ts'
export interface ClipModel {
  readonly preprocess: ClipPreprocess
  readonly dimension: number
  readonly logitScale: number
  readonly precision: string
  readonly textEncoder: string
  readonly sha256s: Readonly<Record<string, string>>
  embedImages(pixels: Float32Array): Promise<Float32Array>
  embedTexts(texts: readonly string[]): Promise<{ vectors: Float32Array; truncated: boolean[] }>
}
export function openClip(_folder: string, _factory: SessionFactory): Promise<ClipModel> {
  throw new Error('to be written')
}
