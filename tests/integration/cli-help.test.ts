import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProjectInfo } from '#shared/contract/commands.ts'
import { builtFile } from '../support/build.ts'
import { hasShared, sharedPath } from '../support/coco-mini.ts'
import { CommandLine } from '../support/command-line.ts'

const COMMANDS = [
  'prelabel',
  'rescore',
  'export',
  'evaluate',
  'overlay',
  'info',
  'search',
  'words',
  'packs',
  'bench',
  'bench recipes',
  'doctor',
]
const PHOTO = sharedPath('data', 'photos', 'bus.jpg')
/** What moves a terminal's cursor or colours its text. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\r\x1b]/

let cli: CommandLine
beforeAll(async () => {
  cli = await CommandLine.create()
})
afterAll(() => cli.remove())

describe('a command that a launcher of another Node started', () => {
  it('ends with its own code, and not as if it had been left alone', async () => {
    const child = spawn(process.execPath, [builtFile('main', 'cli.js'), '--version'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('help', () => {
  it('lists the commands and shows how to begin', async () => {
    const { stdout, stderr } = await cli.expect(0, ['--help'])
    for (const command of COMMANDS.filter((one) => !one.includes(' ')))
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(stdout).toMatch(/^ {2}lexmask prelabel --images /m)
    expect(stderr).toBe('')
  })

  it.each(COMMANDS)('of %s has examples that use its own options', async (command) => {
    const { stdout, stderr } = await cli.expect(0, [...command.split(' '), '--help'])
    const examples = stdout
      .slice(stdout.indexOf('Example'))
      .split('\n')
      .filter((line) => line.startsWith(`  lexmask ${command}`))
    expect(examples.length).toBeGreaterThan(0)
    const known = new Set(stdout.match(/^ {2}(?:-\w, )?--[\w-]+/gm)?.map((option) => option.trim()))
    for (const [option] of examples.join(' ').matchAll(/--[\w-]+/g)) {
      expect(known).toContain(option)
    }
    expect(stdout).not.toMatch(/default: (false|\{\})/)
    expect(stderr).toBe('')
  })

  it('of prelabel names the parameters of each recipe with their defaults', async () => {
    const { stdout } = await cli.expect(0, ['prelabel', '--help'])
    expect(stdout).toMatch(/detector, a change only scores again:\n.*threshold=0\.2/)
    expect(stdout).toMatch(/crop, a change runs the model again:\n +proposals=100 /)
  })

  it('comes with a wrong call too, and is an error then', async () => {
    const { stderr } = await cli.expect(2, [])
    expect(stderr).toContain('Usage: lexmask')
  })

  it('tells the version of the package', async () => {
    const file = fileURLToPath(new URL('../../package.json', import.meta.url))
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    expect((await cli.expect(0, ['--version'])).stdout).toBe(`${version}\n`)
  })
})

describe.skipIf(!hasShared)('info (needs ../shared)', () => {
  beforeAll(() =>
    cli.expect(0, [
      'prelabel',
      '--images',
      PHOTO,
      '--vocabulary',
      'bus, person',
      '--out',
      'a.json',
    ]),
  )

  it('lists the packs, what is in them, and where was looked', async () => {
    const { stdout, stderr } = await cli.expect(0, ['info'])
    expect(stdout).toMatch(/^Model packs:\n/)
    expect(stdout).toMatch(/^ {2}maskrcnn2go-coco \(mask-rcnn\): 80 classes, int8, fp32$/m)
    expect(stdout).toContain(`Looked in: ${sharedPath('models')}\n`)
    expect(stderr).toBe('')
  })

  it('tells what a project holds', async () => {
    const { stdout } = await cli.expect(0, ['info', '--project', 'a.lexmask'])
    const { annotations } = cli.readCoco('a.json')
    expect(stdout).toContain(`Project ${cli.path('a.lexmask')}\n`)
    expect(stdout).toContain('  images: 0 new, 1 labelled, 0 reviewed, 0 failed\n')
    expect(stdout).toContain(`  annotations: ${annotations.length}\n`)
    expect(stdout).toMatch(/ {2}by class: bus 1, person \d+\n/)
  })

  it('tells a machine the same as JSON', async () => {
    const { stdout } = await cli.expect(0, ['info', '--project', 'a.lexmask', '--json'])
    const { packs, project } = JSON.parse(stdout) as {
      packs: { name: string; kind: string }[]
      project: ProjectInfo
    }
    expect(packs).toContainEqual(
      expect.objectContaining({ name: 'maskrcnn2go-coco', kind: 'mask-rcnn' }),
    )
    expect(project).toMatchObject({ name: 'a', damage: [], imagesByStatus: { labelled: 1 } })
  })

  it('of no models says so, and is no failure', async () => {
    const { stdout } = await cli.expect(0, ['info', '--models', '.'])
    expect(stdout).toBe(`Model packs:\n  none\nLooked in: ${cli.folder}\n`)
  })
})

describe.skipIf(!hasShared)('what is said on the way (needs ../shared)', () => {
  const order = (name: string): string[] => [
    ...['prelabel', '--images', PHOTO, '--vocabulary', 'bus', '--out', name],
  ]

  it('is plain lines where there is no terminal', async () => {
    const { stdout, stderr } = await cli.expect(0, order('plain.json'))
    expect(stdout + stderr).not.toMatch(CONTROL)
    expect(stderr).toMatch(/^1 image to label\n1 of 1 image\n$/m)
    expect(stdout).toBe(
      `1 annotation in 1 image: ${cli.path('plain.json')}\nProject: ${cli.path('plain.lexmask')}\n`,
    )
  })

  it('is nothing but JSON on stdout for a machine', async () => {
    const { stdout } = await cli.expect(0, [...order('machine.json'), '--json'])
    expect(stdout.trimEnd()).not.toContain('\n')
    expect(JSON.parse(stdout)).toMatchObject({
      images: 1,
      labelled: 1,
      failed: [],
      skipped: [],
      unservedWords: [],
      error: null,
      export: { annotations: 1 },
      statistics: { images: 1 },
    })
  })

  it('does not mind a reader that stops early', async () => {
    const running = cli.start(['prelabel', '--help'])
    running.process.stdout?.destroy()
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it.skipIf(!existsSync('/usr/bin/script'))(
    'is a bar on a terminal, with the result on its own line below (needs script of util-linux)',
    () => {
      const launcher = fileURLToPath(new URL('../../bin/lexmask.js', import.meta.url))
      const command = [process.execPath, launcher, ...order('bar.json')]
      const { stdout } = spawnSync(
        '/usr/bin/script',
        ['-qefc', command.map((word) => `'${word}'`).join(' '), '/dev/null'],
        {
          cwd: cli.folder,
          encoding: 'utf8',
          env: { ...process.env, LEXMASK_MODELS: sharedPath('models') },
        },
      )
      expect(stdout).toContain('[########################] 1 of 1 image')
      expect(stdout).toMatch(/1 of 1 image\r?\n1 annotation in 1 image: /)
    },
  )
})
