/** A short text of the bundled collection. */
export interface Source {
  readonly key: string
  readonly title: string
  /** `preprint`: not reviewed. */
  readonly kind: 'review' | 'study' | 'handbook' | 'preprint'
  readonly text: string
}

/** What the autopilot searches: notes on rivers, written for this demo. */
export const collection: readonly Source[] = [
  {
    key: 'meanders',
    title: 'How rivers bend',
    kind: 'review',
    text: 'A river on flat ground seldom runs straight. In a bend the water on the outside flows faster and wears the bank away. On the inside it flows slowly and drops sand, so that the bend grows. When two bends meet, the river cuts through the neck and leaves an oxbow lake behind. The distance from bend to bend is about eleven times the width of the river. Bends wander downstream over decades, and the flood plain is what they have left behind.',
  },
  {
    key: 'sediment',
    title: 'Sediment on its way to the sea',
    kind: 'study',
    text: 'Rivers carry sand and mud from the mountains to the sea. Fine mud floats in the water, and gravel rolls along the bed. Most sediment moves during a few days of flood each year. Dams hold sediment back, so that the river below cuts deeper into its bed. A delta that receives less sediment sinks under the sea. Flushing a reservoir lets sediment pass, at the price of water and power.',
  },
  {
    key: 'floods',
    title: 'Floods and flood plains',
    kind: 'review',
    text: 'A flood plain stores water when the river rises over its banks. Where the flood plain is cut off by dikes, the flood wave downstream is higher and faster. Room given back to the river lowers the peak of a flood. Wet soil before the rain matters as much as the rain itself. Snow that melts under rain makes the largest floods in many mountain rivers. Forests on the slopes delay small floods, and hardly change the largest ones.',
  },
  {
    key: 'springs',
    title: 'Springs and ground water',
    kind: 'handbook',
    text: 'Between rains a river lives on ground water. Springs keep the temperature of the water even through the year. Pumping ground water near a river lowers the flow of the river months later. A river may lose water to the ground in one stretch and gain it back in the next. In dry regions many rivers run below their beds for most of the year. The age of ground water in a spring may be days or thousands of years.',
  },
  {
    key: 'fish',
    title: 'Fish on the move',
    kind: 'study',
    text: 'Salmon swim from the sea to the stream where they hatched, and find it by smell. Many other fish of rivers move as well, if only from the main stream to the flood plain. A dam without a passage ends these journeys. Fish passages work best when their current is strong enough to be found. Removing a small dam brings fish back within a year or two. Warm water holds less oxygen, and fish in warm rivers look for cold springs.',
  },
  {
    key: 'dams',
    title: 'What dams do to rivers',
    kind: 'review',
    text: 'A dam evens out the flow of a river over the day and the year. Below a dam the water is often colder in summer and warmer in winter. The reservoir drops the sediment that the river brings, and fills up over decades. Hydropower that follows the price of power makes the water below rise and fall within hours. Releasing a small flood on purpose cleans the gravel where fish lay their eggs. Removing a dam lets sediment and fish pass again.',
  },
  {
    key: 'temperature',
    title: 'Warm rivers',
    kind: 'study',
    text: 'The temperature of a river follows that of the air with a delay of hours. Trees on the bank shade the water and keep small rivers several degrees cooler. Ground water from springs cools a river in summer. Warm water holds less oxygen than cold water. Low flow warms faster, so that drought and heat come together. Power plants that use river water for cooling have to stop when the river is too warm.',
  },
  {
    key: 'gauges',
    title: 'Measuring a river',
    kind: 'handbook',
    text: 'A gauge measures the height of the water, and a rating curve makes the flow of it. The curve has to be measured anew when the bed has changed. Radar from a bridge measures the height without touching the water. Floods destroy gauges just when their readings are wanted most. Readings sent every few minutes let a warning go out hours before the peak arrives. A gap in the record should be marked as a gap and never be filled in silence.',
  },
  {
    key: 'cities',
    title: 'Rivers in cities',
    kind: 'handbook',
    text: 'Roofs and streets send rain into the river within minutes. Many city rivers were put into pipes, and some are being opened again. An opened river cools the streets around it on hot days. Soil that takes up rain lowers the peak of small floods in a city. Sewers that overflow in heavy rain bring waste and warm water into the river. People use a river that they can reach, and then look after it.',
  },
  {
    key: 'wood',
    title: 'Wood in the water',
    kind: 'preprint',
    text: 'Fallen trees slow a small river down and make pools behind them. Fish use the pools as shelter from current and heat. Wood holds gravel and sediment back for years. Beavers build dams of wood that store water through a dry summer. Beaver dams lower the peak of small floods by some part, though not of large ones. Near bridges wood has to be caught before a flood brings it there.',
  },
  {
    key: 'drought',
    title: 'When rivers run low',
    kind: 'preprint',
    text: 'In a drought a river falls back to the ground water that feeds it. Ships carry less when the river is low, and some ports close. Low flow leaves less water to thin out what sewers bring. Fish gather in the pools that remain, and warm water holds less oxygen there. Reservoirs that release water in summer keep rivers alive below them. After a drought dry soil takes up the first rain, and the river rises late.',
  },
  {
    key: 'deltas',
    title: 'Deltas between river and sea',
    kind: 'review',
    text: 'A delta grows where a river brings more sediment than waves and tides take away. Its branches fill up with sand and break out to new places every few centuries. Deltas sink under their own weight, and only new sediment makes up for it. Pumping ground water makes a delta sink faster. Floods that reach the delta plain raise it by a thin layer of mud. Half a billion people live in deltas.',
  },
  {
    key: 'law',
    title: 'Sharing a river',
    kind: 'handbook',
    text: 'Most large rivers cross a border. Treaties on rivers divide the flow, the power or the work of warning each other. A share in per cent of the flow survives a drought better than a fixed amount of water. Data on the flow, exchanged every day, is what most treaties begin with. Warnings of floods are sent even between countries that agree on little else. Some countries have given rivers a standing in court.',
  },
]
