import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { linuxAdapters, macAdapters, windowsAdapters } from '#main/app/machine/graphics-facts.ts'
import { freeBytesAt, sandboxFacts } from '#main/app/machine/system-facts.ts'

/** A file system with these files alone. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'lexmask-root-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

describe('graphics adapters', () => {
  it('of Linux are told by vendor and driver, and NVIDIA’s by name', async () => {
    const root = rootWith({
      'sys/class/drm/card0/device/vendor': '0x8086\n',
      'sys/class/drm/card0/device/device': '0x46a6\n',
      'sys/class/drm/card0/device/uevent': 'DRIVER=i915\nPCI_CLASS=30000\n',
      'sys/class/drm/card0-DP-1/status': 'connected\n',
      'sys/class/drm/card1/device/vendor': '0x10de\n',
      'proc/driver/nvidia/version':
        'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 2024\n',
      'proc/driver/nvidia/gpus/0000:01:00.0/information':
        'Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 180\n',
    })
    expect(await linuxAdapters(root)).toEqual([
      { name: 'NVIDIA GeForce RTX 4070', driver: 'nvidia 550.54.14' },
      { name: 'Intel 0x46a6', driver: 'i915' },
    ])
  })

  it('of Linux with an open driver for NVIDIA are told as the others', async () => {
    const root = rootWith({
      'sys/class/drm/card0/device/vendor': '0x10de\n',
      'sys/class/drm/card0/device/device': '0x1b80\n',
      'sys/class/drm/card0/device/uevent': 'DRIVER=nouveau\n',
    })
    expect(await linuxAdapters(root)).toEqual([{ name: 'NVIDIA 0x1b80', driver: 'nouveau' }])
  })

  it('are none where there are none', async () => {
    expect(await linuxAdapters(rootWith({}))).toEqual([])
  })

  it.each([
    ['one', '{"Name":"AMD Radeon","DriverVersion":"31.0"}', ['AMD Radeon']],
    ['several', '[{"Name":"A","DriverVersion":null},{"Name":"B"}]', ['A', 'B']],
    ['no answer', '', []],
    ['an answer of another kind', '{"Caption":"x"}', []],
  ])('of Windows are read from PowerShell: %s', (_, json, names) => {
    expect(windowsAdapters(json).map(({ name }) => name)).toEqual(names)
  })

  it('of macOS are read from system_profiler', () => {
    const json = JSON.stringify({
      SPDisplaysDataType: [
        { sppci_model: 'Apple M3', spdisplays_mtlgpufamilysupport: 'spdisplays_metal3' },
      ],
    })
    expect(macAdapters(json)).toEqual([{ name: 'Apple M3', driver: 'metal3' }])
    expect(macAdapters('no JSON')).toEqual([])
  })
})

describe('the room on a disk', () => {
  it('is told for a folder that is not there yet', async () => {
    const free = await freeBytesAt(join(tmpdir(), 'not', 'there', 'yet'))
    expect(free).toBeGreaterThan(0)
  })
})

describe('Electron’s sandbox', () => {
  it('is always there but on Linux', async () => {
    expect(await sandboxFacts('win32')).toEqual({ isAvailable: true, why: 'system' })
    expect(await sandboxFacts('darwin')).toEqual({ isAvailable: true, why: 'system' })
  })

  it('does not work for root', async () => {
    expect(await sandboxFacts('linux', { userId: 0 })).toEqual({ isAvailable: false, why: 'root' })
  })

  it('works for others where nothing is switched off', async () => {
    const readNumber = (): Promise<null> => Promise.resolve(null)
    const facts = await sandboxFacts('linux', { userId: 1000, readNumber })
    expect(facts).toEqual({ isAvailable: true, why: 'system' })
  })

  it.each([
    ['unprivileged_userns_clone', 0, 'namespaces-off'],
    ['max_user_namespaces', 0, 'namespaces-off'],
    ['apparmor_restrict_unprivileged_userns', 1, 'apparmor'],
  ] as const)('does not work where %s is %i', async (name, value, why) => {
    const readNumber = (file: string): Promise<number | null> =>
      Promise.resolve(file.endsWith(name) ? value : null)
    const facts = await sandboxFacts('linux', { userId: 1000, readNumber })
    expect(facts).toEqual({ isAvailable: false, why })
  })
})
