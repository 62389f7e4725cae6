import { readFileSync } from 'node:fs'
import { readManifest } from '#main/packs/manifest.ts'
import { sharedPath } from './coco-mini.ts'
import { PackServer } from './pack-server.ts'

export const MASKRCNN2GO = 'maskrcnn2go-coco'

/** One of the pack's two Caffe2 files: `model.pb`, `model_init.pb`. */
export const caffe2File = (name: string): Buffer =>
  readFileSync(sharedPath('models', MASKRCNN2GO, 'source', name))

/** A mirror of Lexmask's own list that has the two files under the paths that the list gives them. */
export async function serveMaskRcnn2go(): Promise<PackServer> {
  const server = await PackServer.start()
  const { packs } = await readManifest('models/manifest.json')
  for (const { path, url } of packs.find(({ name }) => name === MASKRCNN2GO)?.files ?? []) {
    server.files.set(new URL(url).pathname, caffe2File(path))
  }
  return server
}
