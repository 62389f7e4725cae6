import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Lexicon } from '#shared/vocabulary/lexicon.ts'

/**
 * What a person would expect of each word. This first list was written before there was a lexicon;
 * 322 of its 328 words were right when it was first built.
 */

const file: unknown = JSON.parse(
  readFileSync(new URL('../../../resources/lexicon.json', import.meta.url), 'utf8'),
)
const lexicon = Lexicon.parse(file)

const answerOf = (word: string): string => {
  const match = lexicon.lookup(word)
  return match ? `${match.relation} ${match.classes.join(', ')}` : 'nothing'
}

const VEHICLES = 'bicycle, car, motorcycle, airplane, bus, train, truck, boat'
const ANIMALS = 'bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe'
const FOODS = 'banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake'
const SPORTS =
  'frisbee, skis, snowboard, sports ball, baseball bat, baseball glove, skateboard, surfboard, tennis racket'

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'exact tennis racket': ['Tennis-Racket', 'tennis rackets'],
  'exact wine glass': ['wineglass', 'wine glasses'],
  'exact hot dog': ['hotdog'],
  'exact cell phone': ['cellphone', 'CELL PHONES'],
  'exact mouse': ['mouse', 'mice'],
  'exact remote': ['remote'],
  'exact tie': ['tie'],
  'exact orange': ['orange'],
  'exact kite': ['kite'],
  'exact person': ['person', 'people'],

  'synonym person': ['human', 'human being'],
  'synonym bicycle': ['bike', 'pushbike', '自行车', '单车'],
  'synonym car': ['automobile', 'motorcar', 'auto', '汽车', '小汽车'],
  'synonym motorcycle': ['motorbike', '摩托车'],
  'synonym airplane': ['aeroplane', 'plane', '飞机'],
  'synonym bus': ['omnibus', 'coach', '公交车', '巴士'],
  'synonym train': ['railroad train', '火车'],
  'synonym truck': ['lorry', '卡车'],
  'synonym traffic light': ['stoplight', 'traffic signal', '红绿灯', '交通灯'],
  'synonym fire hydrant': ['hydrant', 'fireplug', '消防栓'],
  'synonym dog': ['狗', '犬'],
  'synonym cat': ['猫'],
  'synonym bird': ['鸟'],
  'synonym backpack': ['rucksack', 'knapsack', '背包'],
  'synonym handbag': ['purse', 'pocketbook'],
  'synonym umbrella': ['brolly', '雨伞'],
  'synonym tie': ['necktie', '领带'],
  'synonym frisbee': ['flying disc', '飞盘'],
  'synonym sports ball': ['ball'],
  'synonym tennis racket': ['tennis racquet'],
  'synonym hot dog': ['frankfurter'],
  'synonym donut': ['doughnut', 'doughnuts', '甜甜圈'],
  'synonym couch': ['sofa', 'settee', '沙发'],
  'synonym potted plant': ['houseplant', 'pot plant', '盆栽'],
  'synonym toilet': ['commode', 'loo', '马桶'],
  'synonym tv': ['television', 'telly', 'tv set', '电视', '电视机'],
  'synonym mouse': ['computer mouse', '鼠标'],
  'synonym remote': ['remote control', 'remote controls', '遥控器'],
  'synonym cell phone': ['mobile phone', 'cellular phone', '手机'],
  'synonym microwave': ['microwave oven', '微波炉'],
  'synonym oven': ['stove', 'cooker'],
  'synonym refrigerator': ['fridge', 'icebox', '冰箱'],
  'synonym hair drier': ['hair dryer', 'hairdryer', 'blow dryer', '吹风机'],
  'synonym teddy bear': ['teddy', '泰迪熊'],
  'synonym chair': ['椅子'],

  'kind dog': ['poodle', 'puppy', 'labrador', 'bulldog', 'German Shepherd', '小狗', '贵宾犬'],
  'kind cat': ['kitten', 'siamese cat'],
  'kind car': ['sedan', 'taxi', 'limousine', 'hatchback', 'jeep', 'SUV', 'minivan', '轿车'],
  'kind car, truck': ['van'],
  'kind truck': ['pickup truck', 'fire engine', 'dump truck', 'garbage truck'],
  'kind bus': ['double-decker', 'school bus'],
  'kind train': ['locomotive', 'tram', 'bullet train'],
  'kind airplane': ['jumbo jet', 'airliner', 'biplane', 'jet', 'fighter jet'],
  'kind motorcycle': ['scooter', 'moped'],
  'kind bicycle': ['mountain bike', 'tandem'],
  'kind boat': ['ship', 'sailboat', 'yacht', 'canoe', 'kayak', 'ferry'],
  'kind bird': [
    'sparrow',
    'eagle',
    'penguins',
    'duck',
    'chicken',
    'rooster',
    'parrot',
    'seagull',
    'owl',
    'turkey',
  ],
  'kind horse': ['stallion', 'mare', 'foal', 'pony', 'mustang'],
  'kind sheep': ['lamb', 'ewe', 'ram'],
  'kind cow': ['bull', 'calf', 'ox', 'heifer'],
  'kind bear': ['polar bear', 'grizzly', 'panda'],
  'kind person': [
    'woman',
    'women',
    'man',
    'child',
    'boy',
    'girls',
    'baby',
    'pedestrian',
    'cyclist',
    'player',
    'soldier',
    'nurse',
    'doctor',
    'police officer',
    'tourist',
    'skier',
    'bride',
    'waiter',
    'thief',
    '女人',
    '孩子',
  ],
  'kind tie': ['bow tie'],
  'kind cup': ['mug', 'teacup'],
  'kind bottle': ['wine bottle', 'flask'],
  'kind knife': ['steak knife', 'dagger', 'pocket knives'],
  'kind spoon': ['teaspoon', 'soup spoon'],
  'kind sandwich': ['hamburger', 'cheeseburger', 'burger'],
  'kind cake': ['cupcake', 'cheesecake', 'birthday cake'],
  'kind chair': ['armchair', 'rocking chair', 'wheelchair', 'stool'],
  'kind couch': ['loveseat'],
  'kind bed': ['bunk bed', 'cot'],
  'kind bench': ['park bench', 'pew'],
  'kind clock': ['alarm clock', 'grandfather clock'],
  'kind book': ['textbook', 'dictionary', 'paperback', 'notebook'],
  'kind scissors': ['shears'],
  'kind vase': ['urn'],
  'kind tv': ['monitor'],
  'kind sports ball': ['basketball', 'soccer ball', 'tennis ball', 'football'],
  'kind cell phone': ['smartphone', 'iphone'],

  [`covers ${VEHICLES}`]: ['vehicle', 'vehicles', '车', '交通工具'],
  'covers car, motorcycle, bus, truck': ['motor vehicle'],
  'covers airplane': ['aircraft'],
  'covers boat': ['watercraft', 'vessel'],
  'covers bus, train': ['public transport'],
  [`covers ${ANIMALS}`]: ['animal', 'animals', '动物'],
  'covers cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe': ['mammal'],
  'covers cat': ['feline'],
  'covers dog': ['canine'],
  'covers horse, zebra': ['equine'],
  'covers cat, dog': ['pet', '宠物'],
  'covers horse, sheep, cow': ['livestock'],
  'covers bench, chair, couch, bed, dining table': ['furniture', '家具'],
  'covers bench, chair, couch': ['seat'],
  'covers dining table': ['table', '桌子'],
  [`covers ${FOODS}`]: ['food', '食物'],
  'covers banana, apple, orange': ['fruit', 'fruits', '水果'],
  'covers broccoli, carrot': ['vegetable', '蔬菜'],
  'covers orange': ['citrus fruit'],
  'covers fork, knife, spoon': ['cutlery', 'silverware'],
  'covers wine glass, cup, fork, knife, spoon, bowl': ['tableware'],
  'covers microwave, oven, toaster, refrigerator': ['kitchen appliance'],
  'covers tv, laptop, mouse, remote, keyboard, cell phone': ['electronics', 'electronic device'],
  'covers laptop': ['computer'],
  'covers cell phone': ['phone', 'telephone', '电话'],
  'covers backpack, handbag, suitcase': ['bag', 'bags', '包'],
  [`covers ${SPORTS}`]: ['sports equipment'],
  'covers potted plant': ['plant', '植物'],
  'covers stop sign': ['road sign', 'traffic sign'],
  'covers wine glass, cup': ['glass'],
  'covers baseball bat': ['bat'],
  'covers tennis racket': ['racket', 'racquet'],
  'covers suitcase': ['luggage'],

  nothing: [
    'gadget',
    'entity',
    'object',
    'artifact',
    'thing',
    'matter',
    'glasses',
    'crane',
    'star',
    'pawn',
    'doll',
    'pill',
    'screw',
    'slip',
    'ass',
    'seal',
    'bank',
    'bow',
    'pen',
    'bark',
    'jaguar',
    'trunk',
    'tablet',
    'bass',
    'tree',
    'house',
    'sky',
    'lion',
    'helicopter',
    'guitar',
    'lamp',
    'rabbit',
    'fish',
    'goat',
    'happiness',
    'pancake',
    'statue',
    'mannequin',
    'white',
    'sea lion',
    'hats',
    '天空',
  ],
}

/**
 * A second and a third list, each written when the lexicon was there and before it was asked: 367 of
 * 395 and 325 of 343 were right at first. What could be mended in general was; the rest stands below.
 */
const HELD_OUT: Readonly<Record<string, string>> = {
  'kind dog':
    'beagle, dalmatian, greyhound, spaniel, mongrel, bloodhound, pomeranian, whippet, ' +
    'collie, terrier, pug, rottweiler, shepherd dog, sheltie, yorkie, st. bernard, ' +
    'wolfhound, retrievers, mutts',
  'kind cat': 'manx, persian cat, tabby, wildcat, alley cat, tomcat, ocelot, lynx',
  'kind bird':
    'hummingbird, flamingo, woodpecker, vulture, ostrich, peacock, goose, hen, crow, raven, ' +
    'hawk, falcon, stork, toucan, finch, wren, magpie, pelican, puffin, heron, swan, pigeon, ' +
    'dove, canary, budgie, emu, kingfisher, cockatoo, macaw, turkey vulture, condor, ' +
    'albatross, cormorant, nightingale, quail, pheasant, partridge, rook, jackdaw, starling, ' +
    'robin, blue jay, cardinal, cuckoo, lark, ibis, hornbill, kiwi, songbird, gosling',
  'kind horse':
    'racehorse, thoroughbred, gelding, palomino, warhorse, shire horse, bronco, colt, filly, ' +
    'steed',
  'kind cow': 'steer, jersey cow, bullock, dairy cow, longhorn',
  'kind sheep': 'merino, bighorn sheep',
  'kind elephant': 'african elephant, mammoth',
  'kind bear': 'black bear, brown bear, bear cub, kodiak',
  'kind person':
    'teacher, firefighter, lawyer, fisherman, farmer, cowboy, ballerina, dancer, singer, ' +
    'clown, goalkeeper, jogger, swimmer, surfer, photographer, chef, butcher, carpenter, ' +
    'groom, priest, nun, king, queen, grandfather, toddler, teenager, student, worker, ' +
    'referee, hiker, shopper, beggar, pirate, astronaut, spectator, passenger, customer, ' +
    'motorcyclist, lady, gentleman, infant, adult, policeman, cop, politician, skateboarder, ' +
    'snowboarder, cheerleader, bodybuilder, businessman, scientist, judge, mayor, acrobat, ' +
    'actress, artist, athlete, babysitter, banker, barber, bartender, bishop, bodyguard, ' +
    'bridesmaid, burglar, commuter, criminal, dentist, detective, drummer, engineer, ' +
    'flight attendant, gardener, golfer, grandma, guitarist, husband, wife, janitor, jockey, ' +
    'juggler, lifeguard, magician, mechanic, monk, mother, father, musician, neighbor, ' +
    'neighbour, paramedic, pilot, plumber, prisoner, princess, rider, sailor, ' +
    'senior citizen, sheriff, sister, tailor, tennis player, twin, veterinarian, warrior, ' +
    'widow, zookeeper, baseball player, construction worker, traffic cop, homeless person',
  'kind car':
    'coupe, roadster, hearse, stock car, racing car, cabriolet, cab, limo, hot rod, ' +
    'sports car, cruiser, compact car, squad car, station wagon, dragster, ' +
    'sport utility vehicle, taxicab, patrol car',
  'kind truck':
    'tow truck, moving van, tractor trailer, garbage truck, semi, dustcart, transporter, ' +
    '18-wheeler',
  'kind bus': 'minibus, trolleybus',
  'kind airplane':
    'bomber, seaplane, monoplane, airbus, jetliner, jet fighter, glider, stealth bomber, ' +
    'turboprop',
  'kind boat':
    'rowboat, speedboat, gondola, tugboat, lifeboat, dinghy, submarine, cruise ship, ' +
    'aircraft carrier, motorboat, trawler, houseboat, steamboat, schooner, sloop, frigate, ' +
    'battleship, oil tanker, ocean liner, raft, pontoon boat, airboat, bass boat',
  'kind motorcycle': 'trail bike',
  'kind chair':
    'lawn chair, swivel chair, high chair, barstool, easy chair, lounger, folding chair, ' +
    'footstool',
  'kind couch': 'sofa bed, divan',
  'kind bed': 'hammock, double bed, waterbed, cradle, four-poster',
  'kind bottle':
    'carafe, vial, jug, beer bottle, flasks, decanter, thermos, water bottle, wine bottles',
  'kind cup': 'chalice, beaker, coffee mug, tankard',
  'kind knife': 'machete, penknife, bread knife, switchblade, bayonet, letter opener, cleaver',
  'kind spoon': 'tablespoon, wooden spoon, ladle',
  'kind sandwich': 'BLT, club sandwich, panini, hoagie, gyro',
  'kind cake': 'gingerbread, fruitcake, angel food cake, layer cake, sponge cake, gateau',
  'kind pizza': 'pepperoni pizza',
  'kind apple': 'crab apple, granny smith',
  'kind book':
    'cookbook, encyclopedia, guidebook, hymnal, phone book, novel, atlas, bible, yearbook, ' +
    'scrapbook, manual',
  'kind clock': 'cuckoo clock, digital clock, wall clock',
  'kind refrigerator': 'freezer',
  'kind umbrella': 'parasol',
  'kind sports ball':
    'baseball, golf ball, volleyball, bowling ball, beach ball, cricket ball, rugby ball, ' +
    'soccer balls, billiard ball, ping-pong ball',
  'kind tie': 'bolo tie, windsor tie',
  'kind handbag': 'clutch bag',
  'kind backpack': 'kit bag',
  'kind laptop': 'netbook',
  nothing:
    'mushroom, flower, rose, dolphin, whale, tiger, monkey, snake, turtle, frog, butterfly, ' +
    'spider, ant, bee, wolf, fox, deer, squirrel, kangaroo, camel, donkey, pig, piano, ' +
    'violin, drum, camera, printer, watch, ring, shirt, trousers, shoe, boot, hat, helmet, ' +
    'sunglasses, belt, door, window, wall, floor, ceiling, roof, fence, bridge, road, ' +
    'street, river, mountain, beach, sea, grass, cloud, sun, moon, box, basket, bucket, ' +
    'candle, mirror, curtain, carpet, pillow, towel, soap, ladder, hammer, rope, wheel, ' +
    'tire, engine, rocket, balloon, flag, poster, painting, sculpture, fountain, church, ' +
    'castle, tower, lighthouse, tent, coffee, tea, beer, wine, milk, bread, cheese, egg, ' +
    'rice, soup, salad, steak, tomato, potato, onion, grape, strawberry, pear, cookie, hand, ' +
    'face, eye, hair, leg, head, tail, wing, shadow, smoke, fire, water, snow, sand, dust, ' +
    'love, music, red, justice, speed, weather, robot, doll, scarecrow, mask, skeleton, ' +
    'ghost, page, ruler, pitcher, mount, iron, jar, plate, pan, pot, tray, kettle, blender, ' +
    'fan, radio, speaker, microphone, heater, stamp, coin, money, ticket, sock, scarf, ' +
    'needle, pin, nut, bolt, spring, match, file, saw, drill, letter, organ, palm, nail, ' +
    'lock, key, chest, bar, club, deck, court, pool, port, dock, field, ground, bay, ' +
    'subject, counter, cricket, duster, buffer, cleaner, poker, sweeper, cutter, plug, lead, ' +
    'date, game, character, figure, model, mole, rat, shark, salmon, trout, lobster, crab, ' +
    'tyre, handle, seat belt, steering wheel, chandelier, teapot, saucer, napkin, ' +
    'tablecloth, chopsticks, straw, cork, rug, wardrobe, bookshelf, drawer, staircase, ' +
    'elevator, escalator, chimney, garage, barn, windmill, telescope, microscope, ' +
    'calculator, typewriter, photograph, newspaper, magazine, envelope, snowman, stroller, ' +
    'wheelbarrow, excavator, tank, helicopter, parachute, drone, satellite, anchor, paddle, ' +
    'oar, fishing rod, campfire, torch, lantern, battery, charger, cable, socket, switch, ' +
    'router, headphones, watermelon, pineapple, mango, cherry, peach, cucumber, pepper, ' +
    'corn, garlic, pumpkin, spinach, bacon, noodles, sushi, ice cream, chocolate, candy, ' +
    'butter, jam, honey, salt, dinosaur, dragon, unicorn, mermaid, zombie, hedgehog, otter, ' +
    'seal, jellyfish, octopus, starfish, snail, worm, beetle, mosquito, lizard, crocodile, ' +
    'gorilla, hippopotamus, rhinoceros, leopard, bison, graffiti, sunset, rainbow, crowd, ' +
    'logo, text, number, idea, freedom, walking, blue, big, quickly, asdfgh, 12345, ' +
    'toilet paper, toilet seat, car door, bus stop, train station, dog house, bird cage, ' +
    'horse racing, boat house, clock tower, book case, bed sheet, chair lift, phone booth, ' +
    'bear trap, sandwich board, kite surfing, cat litter, cow bell',
  'exact bus': 'buses',
  'exact sheep': 'sheep',
  'exact scissors': 'scissors',
  'exact skis': 'ski',
  'exact traffic light': 'traffic_lights',
  'exact knife': 'knives',
  'exact stop sign': 'Stop Signs',
  'exact hair drier': 'hair driers',
  'synonym car': 'automobiles, motor car',
  'synonym couch': 'sofas',
  'synonym tv': 'televisions, television set',
  'synonym cell phone': 'mobile phones, mobile',
  'synonym airplane': 'aeroplanes',
  'synonym tie': 'neckties',
  'synonym baseball glove': 'baseball mitt',
  'synonym train': 'railway train',
  'synonym person': 'humans',
  'synonym keyboard': 'computer keyboard',
  'synonym handbag': 'purses',
  'synonym potted plant': 'houseplants',
  'kind train': 'freight train, steam locomotive, subway train, streetcar',
  'kind wine glass': 'champagne flute',
  'kind suitcase': 'briefcase, valise',
  'kind oven': 'gas stove, rotisserie',
  'covers bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe':
    'creatures, vertebrate',
  'covers horse, sheep, cow': 'farm animals',
  'covers bench, chair, couch, bed, dining table': 'pieces of furniture',
  'covers microwave, oven, toaster, refrigerator': 'appliances',
  'covers fork, knife, spoon': 'utensils',
  'covers donut, cake': 'desserts, pastries',
  'covers bicycle, car, motorcycle, airplane, bus, train, truck, boat': 'means of transport',
}

/** What the lexicon says instead. An entry that is no longer true has to go. */
const KNOWN_MISSES: Readonly<Record<string, string>> = {
  // WordNet has no such compounds.
  'jersey cow': 'nothing',
  'st. bernard': 'nothing',
  // WordNet has it under "van", and a van may be called either by the detector.
  'moving van': 'kind car, truck',
  // A vessel of the laboratory first.
  beaker: 'nothing',
  // These mean too many other things.
  twin: 'nothing',
  cardinal: 'nothing',
  kiwi: 'nothing',
}

interface Case {
  readonly word: string
  readonly answer: string
}

const cases: readonly Case[] = [
  ...Object.entries(ANSWERS),
  ...Object.entries(HELD_OUT).map(([answer, words]) => [answer, words.split(', ')] as const),
].flatMap(([answer, words]) => words.map((word) => ({ word, answer })))

describe('known answers', () => {
  it.each(cases.filter(({ word }) => !(word in KNOWN_MISSES)))('$word: $answer', (one) => {
    expect(answerOf(one.word)).toBe(one.answer)
  })

  it.each(Object.entries(KNOWN_MISSES))('%s is a known miss: %s', (word, answer) => {
    expect(answerOf(word)).toBe(answer)
    expect(cases.find((one) => one.word === word)?.answer).not.toBe(answer)
  })

  it('counts what it knows', () => {
    const right = cases.filter(({ word, answer }) => answerOf(word) === answer).length
    console.log(`lexicon: ${right} of ${cases.length} known answers`)
    expect(right).toBe(cases.length - Object.keys(KNOWN_MISSES).length)
  })
})
