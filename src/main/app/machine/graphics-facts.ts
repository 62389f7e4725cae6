import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { GraphicsFacts } from '#shared/contract/machine.ts'

type Adapter = GraphicsFacts['adapters'][number]

/** The systems' own programs take seconds at most; one that hangs is not waited for. */
const LIMIT_MS = 15_000

/** By PCI vendor. */
const VENDORS: Readonly<Record<string, string>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
  '0x1af4': 'virtio (virtual)',
  '0x15ad': 'VMware (virtual)',
  '0x1234': 'QEMU (virtual)',
  '0x1414': 'Microsoft (virtual)',
}

/** Graphics adapters as far as the system tells without a driver's library. Never throws. */
export async function graphicsFacts(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): Promise<GraphicsFacts> {
  if (platform === 'linux') {
    return { adapters: await linuxAdapters('/'), vulkan: await vulkanOf(environment) }
  }
  const [program, ...words] =
    platform === 'win32'
      ? [
          ...['powershell', '-NoProfile', '-NonInteractive', '-Command'],
          'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion | ConvertTo-Json',
        ]
      : ['system_profiler', 'SPDisplaysDataType', '-json']
  const told = await promisify(execFile)(program, words, { timeout: LIMIT_MS }).catch(() => null)
  const read = platform === 'win32' ? windowsAdapters : macAdapters
  return { adapters: told === null ? [] : read(told.stdout), vulkan: null }
}

/** @param root of the file system: `/`, or a copy of the parts that are read */
export async function linuxAdapters(root: string): Promise<Adapter[]> {
  const nvidia = await nvidiaAdapters(root)
  const folder = join(root, 'sys/class/drm')
  const cards = (await namesIn(folder)).filter((name) => /^card\d+$/.test(name)).sort()
  const others = await Promise.all(
    cards.map(async (card): Promise<Adapter | null> => {
      const device = join(folder, card, 'device')
      const vendor = await textOf(join(device, 'vendor'))
      // NVIDIA's own driver knows the name of the model.
      if (vendor === null || (vendor === '0x10de' && nvidia.length > 0)) return null
      const driver = /^DRIVER=(.+)$/m.exec((await textOf(join(device, 'uevent'))) ?? '')?.[1]
      const id = (await textOf(join(device, 'device'))) ?? ''
      return { name: `${VENDORS[vendor] ?? vendor} ${id}`.trim(), driver: driver ?? null }
    }),
  )
  return [...nvidia, ...others.filter((adapter) => adapter !== null)]
}

async function nvidiaAdapters(root: string): Promise<Adapter[]> {
  const folder = join(root, 'proc/driver/nvidia')
  const version = /Kernel Module\D*([\d.]+)/.exec(
    (await textOf(join(folder, 'version'))) ?? '',
  )?.[1]
  const cards = await Promise.all(
    (await namesIn(join(folder, 'gpus'))).sort().map(async (bus) => {
      const told = await textOf(join(folder, 'gpus', bus, 'information'))
      return /^Model:\s*(.+)$/m.exec(told ?? '')?.[1].trim()
    }),
  )
  return cards.flatMap((name) =>
    name === undefined
      ? []
      : [{ name, driver: version === undefined ? null : `nvidia ${version}` }],
  )
}

const windowsSchema = z.object({ Name: z.string(), DriverVersion: z.string().nullish() })

/** @param json one adapter, or a list of several, as PowerShell writes them */
export function windowsAdapters(json: string): Adapter[] {
  const list = z.union([z.array(windowsSchema), windowsSchema]).safeParse(parseJson(json))
  if (!list.success) return []
  return [list.data].flat().map(({ Name, DriverVersion }) => {
    return { name: Name, driver: DriverVersion ?? null }
  })
}

const macSchema = z.object({
  SPDisplaysDataType: z.array(
    z.object({ sppci_model: z.string(), spdisplays_mtlgpufamilysupport: z.string().optional() }),
  ),
})

export function macAdapters(json: string): Adapter[] {
  const told = macSchema.safeParse(parseJson(json))
  if (!told.success) return []
  return told.data.SPDisplaysDataType.map((one) => {
    const metal = one.spdisplays_mtlgpufamilysupport?.replace('spdisplays_', '')
    return { name: one.sppci_model, driver: metal ?? null }
  })
}

/** Where the loader of Vulkan and its drivers' descriptions lie on Linux. */
const LOADER_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/run/opengl-driver/lib',
]
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d']

async function vulkanOf(environment: NodeJS.ProcessEnv): Promise<GraphicsFacts['vulkan']> {
  const named = environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES
  const drivers = named
    ? named.split(':').filter((file) => existsSync(file))
    : (await Promise.all(DRIVER_FOLDERS.map(namesIn))).flat()
  const folders = [
    ...(environment.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean),
    ...LOADER_FOLDERS,
  ]
  const hasLoader = folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))
  return {
    hasLoader,
    drivers: drivers
      .map((file) => basename(file))
      .filter(isDescription)
      .sort(),
  }
}

const isDescription = (name: string): boolean => name.endsWith('.json')

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
