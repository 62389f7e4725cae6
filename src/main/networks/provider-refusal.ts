import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Provider, ProviderRefusal } from '#shared/contract/providers.ts'

/** The runtime's part of CUDA, which npm does not carry. */
const CUDA_LIBRARY =
  process.platform === 'win32'
    ? 'onnxruntime_providers_cuda.dll'
    : 'libonnxruntime_providers_cuda.so'

/** Where onnxruntime-node has its libraries, and looks for those of CUDA. */
function libraryFolder(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
  return join(folder, 'bin', 'napi-v6', process.platform, process.arch)
}

/** Why ONNX Runtime did not open a session on a provider, or run it. */
export function refusalOf(provider: Provider, error: unknown): ProviderRefusal {
  const message = (error as Error).message.trim()
  const refuse = (code: ProviderRefusal['code'], detail: string): ProviderRefusal => {
    return { provider, code, detail }
  }
  if (/backend not found/.test(message)) return refuse('absent', '')
  if (/failed to load (shared )?library/i.test(message)) {
    return refuse('libraries-missing', provider === 'cuda' ? missingForCuda() : provider)
  }
  if (/Failed to get a WebGPU adapter/.test(message)) return refuse('no-adapter', oneLine(message))
  return refuse('failed', oneLine(message))
}

/** The runtime tells which library is missing only to its log. Names of files: they need no translation. */
function missingForCuda(): string {
  const library = join(libraryFolder(), CUDA_LIBRARY)
  return existsSync(library) ? 'CUDA 12, cuDNN 9' : library
}

/** ONNX Runtime's words without the places in its source that it names first. */
function oneLine(message: string): string {
  const told = message.split(/ was false\. |\[ONNXRuntimeError\] : \d+ : \w+ : /).at(-1) ?? message
  return told.split('\n')[0].trim()
}
