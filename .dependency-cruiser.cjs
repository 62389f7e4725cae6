/** The arrows of docs/architecture.md, held at `error`: no exemptions, no cycles. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: '^(src|tests|scripts)/', pathNot: to },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: 'entry\\.ts$|preload\\.ts$|renderer/|\\.d\\.ts$',
      },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?raw$' },
    },
    {
      name: 'only-networks-run-models',
      severity: 'error',
      from: { pathNot: '^(src/main/networks|tests|scripts)/' },
      to: { path: 'node_modules/onnxruntime' },
    },
    {
      name: 'only-storage-opens-sqlite',
      severity: 'error',
      from: { pathNot: '^(src/main/storage|tests|scripts)/' },
      to: { path: 'node_modules/better-sqlite3' },
    },
    {
      name: 'only-the-worker-decodes',
      severity: 'error',
      from: { pathNot: '^(src/main/worker|tests|scripts)/' },
      to: { path: 'node_modules/sharp' },
    },
    only(
      'shared-is-pure',
      '^src/shared/',
      '^src/shared/',
      'shared imports nothing else of the project',
    ),
    only('geometry-is-pure', '^src/shared/geometry/', '^src/shared/geometry/', ''),
    only('vision', '^src/main/vision/', '^src/(main/vision|shared)/', ''),
    only('networks', '^src/main/networks/', '^src/(main/(networks|vision|packs)|shared)/', ''),
    only(
      'recipes',
      '^src/main/recipes/',
      '^src/(main/(recipes|networks|vision|packs)|shared)/',
      '',
    ),
    only(
      'worker',
      '^src/main/worker/',
      '^src/(main/(worker|recipes|networks|vision|packs|inference/protocol|processes/parent-channel)|shared)',
      '',
    ),
    only('processes', '^src/main/processes/', '^src/main/processes/', ''),
    only('inference', '^src/main/inference/', '^src/(main/(inference|packs|vision)|shared)/', ''),
    only('packs', '^src/main/packs/', '^src/(main/packs|shared)/', ''),
    only('storage', '^src/main/storage/', '^src/(main/(storage|vision)|shared)/', ''),
    only('jobs', '^src/main/jobs/', '^src/(main/(jobs|inference|storage|vision)|shared)/', ''),
    only('formats', '^src/main/formats/', '^src/(main/formats|shared)/', ''),
    only('evaluation', '^src/main/evaluation/', '^src/(main/evaluation|shared)/', ''),
    only(
      'app',
      '^src/main/app/',
      '^src/(main/(app|jobs|inference|storage|vision|formats|evaluation|packs)|shared)/',
      '',
    ),
    only(
      'shells',
      '^src/main/(electron|server|cli)/',
      '^src/(main/(electron|server|cli|app|inference|packs)|shared)/',
      '',
    ),
    {
      name: 'no-shell-imports-another',
      severity: 'error',
      from: { path: '^src/main/(electron|server|cli)/' },
      to: { path: '^src/main/(electron|server|cli)/', pathNot: '^src/main/$1/' },
    },
    only('renderer', '^src/renderer/', '^src/(renderer|shared)/', ''),
    only('preload', '^src/preload/', '^src/(preload|shared)/', ''),
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
}
