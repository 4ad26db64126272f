/** The MQTT probe: CONNECT, SUBSCRIBE where there is a topic, and DISCONNECT. */
import { randomBytes } from 'node:crypto';
import type { MqttProbe, Reason } from '@quorate/contracts';
import {
  connectPacket,
  disconnectPacket,
  packetTypes,
  readReasonString,
  subscribePacket,
  takePacket,
  type Packet,
} from '../talk/mqtt-packets.ts';
import { probeService } from '../talk/service.ts';
import { fail, MalformedError, secureTalk, send, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

const ports = { plain: 1_883, tls: 8_883 } as const;
/** MQTT 3.1.1 promises room for 23 characters of an ID. */
const randomIdBytes = 7;

interface Refusal {
  readonly reason: Reason;
  readonly saying: string;
}

const auth = (saying: string): Refusal => ({ reason: 'auth.refused', saying });
const unavailable = (saying: string): Refusal => ({ reason: 'service.unavailable', saying });
const version: Refusal = { reason: 'protocol.mismatch', saying: 'it does not speak this version of MQTT' };

/** Return codes of MQTT 3.1.1 below 0x80, reason codes of MQTT 5 above. */
const refusals = new Map<number, Refusal>([
  [1, version],
  [2, auth('it does not take the client ID')],
  [3, unavailable('it is unavailable')],
  [4, auth('bad user name or password')],
  [5, auth('not authorised')],
  [0x84, version],
  [0x85, auth('it does not take the client ID')],
  [0x86, auth('bad user name or password')],
  [0x87, auth('not authorised')],
  [0x88, unavailable('it is unavailable')],
  [0x89, unavailable('it is busy')],
  [0x8a, auth('the client is banned')],
  [0x8b, unavailable('it shuts down')],
  [0x8c, auth('it wants another way to log in')],
  [0x97, unavailable('the quota is used up')],
  [0x9c, unavailable('it sends us to another server')],
  [0x9d, unavailable('it has moved')],
  [0x9f, unavailable('too many connections in a short time')],
]);

function* failBy(code: number, doing: string, words: string): Talk<never> {
  const { reason, saying } = refusals.get(code) ?? unavailable(`code ${code}`);
  const said = words === '' ? '' : `: ${words}`;
  return yield* fail(reason, `the broker ${doing}: ${saying} (0x${code.toString(16)})${said}`);
}

/** The next packet of `type`. Messages that come meanwhile are passed over. */
function* hear(mqtt: MqttProbe, type: number): Talk<Packet['body']> {
  while (true) {
    const packet = yield* takePacket();
    if (packet.type === type) return packet.body;
    if (packet.type === packetTypes.publish && type === packetTypes.suback) continue;
    if (mqtt.protocolVersion === '5' && packet.type === packetTypes.disconnect) {
      const code = packet.body.remaining === 0 ? 0 : packet.body.uint(1);
      return yield* failBy(code, 'hung up', readReasonString(packet.body));
    }
    if (packet.type === packetTypes.auth) return yield* fail('auth.refused', 'the broker wants another way to log in');
    throw new MalformedError('sent what was not asked for');
  }
}

function* logIn(mqtt: MqttProbe): Talk {
  const clientId = mqtt.clientId ?? `quorate-${randomBytes(randomIdBytes).toString('hex')}`;
  yield* send(connectPacket(mqtt, clientId));
  const answer = yield* hear(mqtt, packetTypes.connack);
  const [flags, code] = [answer.uint(1), answer.uint(1)];
  if (flags > 1) throw new MalformedError('answered the connection in an unknown way');
  if (code !== 0)
    yield* failBy(code, 'refused the connection', mqtt.protocolVersion === '5' ? readReasonString(answer) : '');
}

const refusedFrom = 0x80;

function* subscribe(mqtt: MqttProbe, topic: string): Talk {
  yield* send(subscribePacket(mqtt, topic));
  const answer = yield* hear(mqtt, packetTypes.suback);
  if (answer.uint(2) !== 1) throw new MalformedError('confirmed a subscription that nobody asked for');
  const words = mqtt.protocolVersion === '5' ? readReasonString(answer) : '';
  const code = answer.uint(1);
  if (code < refusedFrom) return;
  const said = words === '' ? '' : `: ${words}`;
  yield* fail('auth.refused', `the broker refused the subscription to ${topic} (0x${code.toString(16)})${said}`);
}

function* talk(mqtt: MqttProbe): Talk {
  if (mqtt.tls !== 'disable') yield* secureTalk();
  yield* logIn(mqtt);
  if (mqtt.topic !== null) yield* subscribe(mqtt, mqtt.topic);
  yield* send(disconnectPacket);
}

export const probeMqtt: PerformProbe<MqttProbe> = async (mqtt, context) => {
  const { host, tls } = mqtt;
  const port = mqtt.port ?? (tls === 'disable' ? ports.plain : ports.tls);
  return await probeService(
    { ...mqtt, endpoints: [{ host, port }], protocol: 'MQTT', talk: () => talk(mqtt) },
    context,
  );
};
