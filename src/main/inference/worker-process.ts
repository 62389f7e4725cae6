import { nodeLauncher, type Launch, type LaunchedProcess } from '#main/processes/launch-node.ts'
import type { WorkerMessage, WorkerRequest } from './protocol.ts'

/** An inference process as its host sees it. */
export type WorkerProcess = LaunchedProcess<WorkerRequest, WorkerMessage>

export type LaunchWorker = Launch<WorkerRequest, WorkerMessage>

/** A launcher that forks the worker's bundle with this process's own Node. */
export function forkLauncher(workerFile: string): LaunchWorker {
  return nodeLauncher(workerFile)
}
