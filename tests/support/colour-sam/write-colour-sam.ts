import { writePack } from '../write-pack.ts'
import { decoder, encoder, SIDE, type SamStyle } from './graphs.ts'

/** As an exporter of that style would describe its graphs. */
function describe(style: SamStyle): object {
  const isSam = style === 'sam'
  return {
    kind: 'sam',
    name: `colour-${style}`,
    title: 'Colour SAM: an object is what has one colour, for tests',
    licence: 'Apache-2.0',
    encoder: {
      file: 'encoder.onnx',
      input: {
        name: 'images',
        side: SIDE,
        resize: isSam ? 'long-side' : 'stretch',
        range: [0, 1],
        mean: [0, 0, 0],
        std: [1, 1, 1],
      },
    },
    decoder: {
      file: 'decoder.onnx',
      inputs: {
        embeddings: isSam
          ? { image_embeddings: 'image_embeddings' }
          : { image_embed: 'image_embed', high_res_feats_0: 'high_res_feats_0' },
        points: 'point_coords',
        labels: 'point_labels',
        mask: 'mask_input',
        hasMask: 'has_mask_input',
        ...(isSam ? { originalSize: 'orig_im_size' } : {}),
      },
      outputs: { masks: 'masks', scores: 'iou_predictions' },
    },
  }
}

/**
 * Write a colour SAM: a pack with the inputs and outputs of a real export, whose objects are cells of
 * one colour. The same style gives the same bytes.
 *
 * @param folder is made when it is not there
 */
export async function writeColourSam(folder: string, style: SamStyle): Promise<void> {
  const graphs = { 'encoder.onnx': encoder(style), 'decoder.onnx': decoder(style) }
  await writePack(folder, graphs, describe(style))
}
