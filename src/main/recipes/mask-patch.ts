import type { Masks } from '#main/networks/mask-rcnn.ts'
import type { Posterior } from '#main/vision/candidate.ts'
import type { MaskPatch } from '#main/vision/paste-mask.ts'

/**
 * How a mask head with a channel a class is made class-agnostic: the channel of the likeliest class,
 * the highest of all channels, or the mean of the posterior's channels weighted by its probabilities.
 */
export type MaskChannels = 'best-class' | 'maximum' | 'mean'

/**
 * The mask of one region. A head with one channel for all classes has no choice.
 *
 * @param row of the region among the masks
 * @param posterior of the region; without any class `best-class` and `mean` are `maximum`
 */
export function maskPatch(
  masks: Masks,
  row: number,
  posterior: Posterior,
  choice: MaskChannels,
): MaskPatch {
  const { probabilities, channels, size } = masks
  const cells = size ** 2
  const first = row * channels * cells
  if (channels === 1) return { probabilities, offset: first, size }
  const hasClass = posterior.classes.length > 0
  // Channel 0 is the background's.
  const channelOf = (detectorClass: number): number => first + (detectorClass + 1) * cells
  if (choice === 'best-class' && hasClass) {
    return { probabilities, offset: channelOf(posterior.classes[0]), size }
  }
  const combined = new Float32Array(cells)
  if (choice === 'mean' && hasClass) {
    const total = posterior.probabilities.reduce((sum, p) => sum + p, 0)
    posterior.classes.forEach((detectorClass, i) => {
      const weight = posterior.probabilities[i] / total
      const offset = channelOf(detectorClass)
      for (let cell = 0; cell < cells; cell++) {
        combined[cell] += weight * probabilities[offset + cell]
      }
    })
    return { probabilities: combined, offset: 0, size }
  }
  for (let channel = 1; channel < channels; channel++) {
    const offset = first + channel * cells
    for (let cell = 0; cell < cells; cell++) {
      combined[cell] = Math.max(combined[cell], probabilities[offset + cell])
    }
  }
  return { probabilities: combined, offset: 0, size }
}
