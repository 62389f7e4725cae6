import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PackagePin } from './pin.ts'
import { verifyIntegrity } from './verify-file.ts'

const run = promisify(execFile)

/**
 * Fetches a package by npm's own client, so that it comes from the registry that the user has set.
 * @returns the tarball, verified
 * @throws Error when npm cannot fetch it, or fetches something else
 */
export async function fetchPackage(pin: PackagePin, folder: string): Promise<string> {
  const spec = `${pin.name}@${pin.version}`
  let output: string
  try {
    const { stdout } = await run('npm', ['pack', spec, '--json', '--pack-destination', folder], {
      maxBuffer: 2 ** 26,
    })
    output = stdout
  } catch (error) {
    throw new Error(
      `npm could not fetch ${spec}: ${reasonOf(error)}\n` +
        'Try "npm view ' +
        spec +
        '": the registry that npm is set to has to serve it. Then start again.',
      { cause: error },
    )
  }
  const [{ filename }] = JSON.parse(output) as [{ filename: string }]
  const tarball = join(folder, filename)
  await verifyIntegrity(tarball, pin.integrity, spec)
  return tarball
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  const said = (stderr ?? '').split('\n').filter((line) => line.startsWith('npm error'))
  return said.slice(0, 3).join('\n') || message
}

/**
 * Unpacks some of a package's files.
 * @param paths relative to the package
 */
export async function unpackTarball(
  tarball: string,
  folder: string,
  paths: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const members = paths.map((path) => `package/${path}`)
  await run('tar', [
    ...['-xzf', tarball, '-C', folder, '--strip-components=1', '--no-same-owner'],
    ...members,
  ])
}
