import type { Finding, MachineReport, ProviderState } from '#shared/contract/machine.ts'
import { fastestWay } from '#shared/contract/measurement.ts'
import {
  refusalWords,
  type ProviderRefusal,
  type SessionReport,
} from '#shared/contract/providers.ts'

type Facts = Omit<MachineReport, 'findings'>

const GIGABYTE = 1e9
/** A detector and a CLIP pack together, with an image in work. */
const MEMORY_WANTED = 2 * GIGABYTE
const ROOM_WANTED = 2 * GIGABYTE

/** What was found, as lines for a person: fact, meaning, what to do. */
export function findingsOf(facts: Facts): Finding[] {
  return [
    systemFinding(facts),
    runtimeFinding(facts),
    graphicsFinding(facts),
    ...facts.providers.map((state) => providerFinding(state, facts)),
    ...sessionFindings(facts),
    ...packFindings(facts),
    ...facts.disks.map(diskFinding),
    languageFinding(facts),
    windowFinding(facts),
    measurementFinding(facts),
  ]
}

function systemFinding({ system }: Facts): Finding {
  const { name, architecture, processor, cores, memoryBytes, freeMemoryBytes } = system
  const isTight = freeMemoryBytes < MEMORY_WANTED
  return {
    topic: 'system',
    level: isTight ? 'note' : 'fine',
    fact: `${name}, ${architecture}; ${processor}, ${cores} cores; ${gigabytes(memoryBytes)} of memory, ${gigabytes(freeMemoryBytes)} free`,
    meaning: isTight
      ? 'A detector fits; with a CLIP pack it may become slow.'
      : 'Enough for a detector and a CLIP pack.',
    advice: isTight ? 'Close other programs before a large run.' : null,
  }
}

function runtimeFinding({ runtime, system }: Facts): Finding {
  const product = `Lexmask ${system.lexmask}, ${system.electron === null ? `Node ${system.node}` : `Electron ${system.electron}`}`
  if (runtime === null) {
    return {
      topic: 'runtime',
      level: 'problem',
      fact: `${product}; the inference process does not start`,
      meaning: 'No model can run.',
      advice: 'Install Lexmask again (in a checkout: npm ci); a part of ONNX Runtime is missing.',
    }
  }
  const named = (isBundled: boolean): string =>
    runtime.backends
      .filter((one) => one.isBundled === isBundled)
      .map(({ name }) => name)
      .join(', ')
  const others = named(false)
  return {
    topic: 'runtime',
    level: 'fine',
    fact: `${product}; ONNX Runtime ${runtime.version} with ${named(true)}`,
    meaning:
      others === ''
        ? 'All that it can use is installed.'
        : `It could use ${others} too, with libraries that are not part of it.`,
    advice: others.includes('cuda') ? 'For an NVIDIA card: docs/providers.md, CUDA.' : null,
  }
}

function graphicsFinding({ graphics: { adapters, vulkan } }: Facts): Finding {
  const fact =
    adapters.length === 0
      ? 'No graphics card was found'
      : adapters.map(({ name, driver }) => (driver ? `${name} (${driver})` : name)).join('; ')
  const drivers =
    vulkan && vulkan.drivers.length > 0 ? `; Vulkan drivers: ${vulkan.drivers.join(', ')}` : ''
  const lacksLoader = vulkan !== null && !vulkan.hasLoader && adapters.length > 0
  return {
    topic: 'graphics',
    level: lacksLoader ? 'note' : 'fine',
    fact: fact + drivers,
    meaning: lacksLoader
      ? 'WebGPU cannot use it: libvulkan.so.1 is missing.'
      : adapters.length === 0
        ? 'Models run on the CPU.'
        : 'Whether models can use it is told below.',
    advice: lacksLoader
      ? 'Install the package libvulkan1 (Debian, Ubuntu) or vulkan-loader.'
      : null,
  }
}

const ADVICE: Readonly<Record<ProviderRefusal['code'], string | null>> = {
  absent: null,
  'libraries-missing': 'docs/providers.md says which file goes where.',
  'no-adapter': null,
  'left-to-cpu': null,
  slower: null,
  crashed: 'Update the graphics driver, or choose the provider cpu.',
  'timed-out': 'Update the graphics driver, or choose the provider cpu.',
  failed: 'Update the graphics driver; if that does not help, choose the provider cpu.',
}

function providerFinding(
  { provider, isUsed, share, refusal }: ProviderState,
  facts: Facts,
): Finding {
  const topic = 'provider'
  if (refusal) {
    const isWanted = facts.asked === provider || refusal.code === 'crashed'
    return {
      topic,
      level: isWanted ? 'note' : 'fine',
      fact: `${provider}: ${refusalWords(refusal)}`,
      meaning: isWanted ? 'Models run on another provider instead.' : 'It is left out.',
      advice: ADVICE[refusal.code],
    }
  }
  const part = share === null ? '' : ` with ${Math.round(share * 100)} % of the work`
  return {
    topic,
    level: 'fine',
    fact: `${provider}: runs the detector${part}`,
    meaning: isUsed ? `Runs use it, as “${facts.asked}” is set.` : 'It could be chosen instead.',
    advice: null,
  }
}

function sessionFindings({ trial, failure, asked }: Facts): Finding[] {
  if (trial === null) {
    return [
      {
        topic: 'session',
        level: 'problem',
        fact: failure ?? 'No model could be opened',
        meaning: 'Nothing can be labelled.',
        advice: 'See the lines about packs below.',
      },
    ]
  }
  const { report } = trial
  const why = report.isMeasured
    ? 'the fastest when it was measured'
    : asked === 'auto'
      ? 'what “auto” takes here'
      : asked === report.used
        ? 'as it was asked for'
        : `${asked} does not run here`
  return report.sessions.map((session) => sessionFinding(session, why))
}

function sessionFinding({ role, file, provider, refusal }: SessionReport, why: string): Finding {
  return {
    topic: 'session',
    level: refusal ? 'note' : 'fine',
    fact: `${role} (${file}) on ${provider}`,
    meaning: refusal ? `Not on ${refusal.provider}: ${refusalWords(refusal)}.` : `Because: ${why}.`,
    advice: refusal ? ADVICE[refusal.code] : null,
  }
}

function packFindings({ packs, refusedPacks, packFolders }: Facts): Finding[] {
  const findings: Finding[] = packs.map(({ kind, name, folder, precisions }) => ({
    topic: 'pack',
    level: 'fine',
    fact: [
      `${name} (${kind})`,
      ...(precisions.length > 0 ? [precisions.join(', ')] : []),
      folder,
    ].join(': '),
    meaning: USES[kind] ?? 'Installed.',
    advice: null,
  }))
  const has = (kind: string): boolean => packs.some((pack) => pack.kind === kind)
  if (!has('mask-rcnn')) {
    findings.push({
      topic: 'pack',
      level: 'problem',
      fact: 'No Mask R-CNN pack',
      meaning: 'Nothing can be labelled.',
      advice: 'lexmask packs install maskrcnn2go-coco',
    })
  } else if (!has('clip')) {
    findings.push({
      topic: 'pack',
      level: 'fine',
      fact: 'No CLIP pack',
      meaning: 'The recipes detector and region-text work; those that ask CLIP do not.',
      advice: 'lexmask packs list shows which there are.',
    })
  }
  for (const { folder, reason } of refusedPacks) {
    findings.push({
      topic: 'pack',
      level: 'note',
      fact: `${folder}: ${reason}`,
      meaning: 'This folder looks like a pack and is not used.',
      advice: 'Mend it, install it again, or take it away.',
    })
  }
  const there = packFolders.filter(({ isThere }) => isThere).map(({ folder }) => folder)
  const missing = packFolders.filter(({ isThere }) => !isThere).map(({ folder }) => folder)
  const isNowhere = there.length === 0
  findings.push({
    topic: 'folder',
    level: isNowhere ? 'note' : 'fine',
    fact: `Packs are looked for in ${there.join(', ') || 'no folder that is there'}`,
    meaning: missing.length === 0 ? 'All of them are there.' : `Not there: ${missing.join(', ')}.`,
    advice: isNowhere ? 'lexmask packs install makes the first of them.' : null,
  })
  return findings
}

const USES: Readonly<Record<string, string>> = {
  'mask-rcnn': 'Finds regions with masks.',
  clip: 'Scores regions against any words.',
  sam: 'Masks of what is clicked at.',
  'text-table': 'Words near to the detector’s classes.',
}

function diskFinding({ use, folder, freeBytes }: Facts['disks'][number]): Finding {
  const isTight = freeBytes !== null && freeBytes < ROOM_WANTED
  return {
    topic: 'disk',
    level: isTight ? 'note' : 'fine',
    fact: `${freeBytes === null ? 'Unknown room' : gigabytes(freeBytes)} free for ${use}: ${folder}`,
    meaning: isTight ? 'It may fill up during a large run.' : 'Enough.',
    advice: isTight ? 'Make room there; what is saved stays whole when a disk fills up.' : null,
  }
}

function languageFinding({ system: { locale } }: Facts): Finding {
  const isChinese = locale.toLowerCase().startsWith('zh')
  return {
    topic: 'language',
    level: 'fine',
    fact: `The system speaks ${locale}`,
    meaning: `The window speaks ${isChinese ? 'Chinese' : 'English'}, unless the settings say otherwise.`,
    advice: null,
  }
}

function windowFinding({ sandbox, system }: Facts): Finding {
  const why = {
    system: 'Electron can lock its window in',
    root: 'Electron’s sandbox does not work for root',
    'namespaces-off': 'User namespaces are switched off, which Electron’s sandbox needs',
    apparmor: 'AppArmor keeps user namespaces from programs it does not know',
  }[sandbox.why]
  const remedies = {
    system: null,
    root: 'Start it as an ordinary user, or use lexmask serve.',
    'namespaces-off': 'sysctl -w kernel.unprivileged_userns_clone=1, or use lexmask serve.',
    apparmor: 'Give Lexmask an AppArmor profile with “userns,”, or use lexmask serve.',
  }
  return {
    topic: 'window',
    level: sandbox.isAvailable ? 'fine' : 'note',
    fact: `${why} (${system.platform})`,
    meaning: sandbox.isAvailable
      ? 'The window opens as usual.'
      : 'The window opens in a browser, or without that lock.',
    advice: remedies[sandbox.why],
  }
}

function measurementFinding({ measurement, trial }: Facts): Finding {
  const topic = 'measurement'
  const fastest = measurement && fastestWay(measurement, { provider: 'auto', precision: null })
  if (!measurement || !fastest) {
    return {
      topic,
      level: 'fine',
      fact: 'The detector was not measured on this machine',
      meaning: 'auto tries the providers at each start, and takes int8 where the pack has it.',
      advice: trial && 'lexmask doctor --measure --image PHOTO finds the fastest.',
    }
  }
  const date = new Date(measurement.measuredMs).toISOString().slice(0, 10)
  return {
    topic,
    level: 'fine',
    fact: `${measurement.pack} was measured on ${date}: ${fastest.precision} on ${fastest.provider} is the fastest that agrees`,
    meaning: 'auto takes it.',
    advice: null,
  }
}

const gigabytes = (bytes: number): string => `${(bytes / GIGABYTE).toFixed(1)} GB`
