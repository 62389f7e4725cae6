import { env, listSupportedBackends } from 'onnxruntime-node'

/** What the runtime of this process is: its version, and the providers that were built into it. */
export function runtimeFacts(): {
  version: string
  backends: { name: string; isBundled: boolean }[]
  node: string
  electron: string | null
} {
  const { node, electron = null } = process.versions as { node: string; electron?: string }
  const backends = listSupportedBackends().map(({ name, bundled }) => {
    return { name, isBundled: bundled }
  })
  return { version: env.versions.node ?? env.versions.common, backends, node, electron }
}
