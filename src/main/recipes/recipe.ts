import type { Box } from '#shared/geometry/box.ts'
import type { ClipModel, SplitClip } from '#main/networks/clip.ts'
import type { Detector } from '#main/networks/open-networks.ts'
import type { Candidate } from '#main/vision/candidate.ts'
import type { ImageSource } from '#main/vision/image-source.ts'
import type { StageClock } from './stage-clock.ts'

/** The opened networks that a recipe may draw on. */
export interface Networks {
  readonly detector: Detector
  readonly clip: ClipModel | SplitClip | null
}

/**
 * Image in, regions out, with everything that scoring needs. `prepare` decodes and resizes beside
 * the model's work on the image before; `findRegions` has the model for itself.
 */
export interface Recipe<Parameters, Prepared> {
  prepare(image: ImageSource, networks: Networks, clock: StageClock): Promise<Prepared>
  findRegions(
    prepared: Prepared,
    networks: Networks,
    parameters: Parameters,
    clock: StageClock,
    /** Boxes that a person drew, in pixels of the oriented image, where the parameters ask for them. */
    drawn?: readonly Box[],
  ): Promise<Candidate[]>
}
