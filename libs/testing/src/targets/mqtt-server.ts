/** A stand-in for an MQTT broker that answers CONNECT and SUBSCRIBE. */
import type { Issued } from './certificates.ts';
import type { PeerScript } from './peer-server.ts';

export interface MqttStandInSettings {
  readonly issued?: Issued;
  /** Answers to CONNECT and SUBSCRIBE, whole packets; the number in the latter is the one of what it answers. */
  readonly connack?: readonly number[];
  readonly suback?: readonly number[];
  /** Leaves the number in `suback` as it is. */
  readonly confirmsAnother?: boolean;
}

const usualConnack = [0x20, 2, 0, 0];
const usualSuback = [0x90, 3, 0, 1, 0];

export function mqttStandIn(settings: MqttStandInSettings = {}): PeerScript {
  const { issued, connack = usualConnack, suback = usualSuback, confirmsAnother = false } = settings;
  return async (peer) => {
    if (issued !== undefined) await peer.startTls(issued);
    while (true) {
      const [type = 0, length = 0] = await peer.take(2);
      const body = await peer.take(length);
      if (type === 0x10) peer.write(Buffer.from(connack));
      const number = confirmsAnother ? suback.slice(2, 4) : body.subarray(0, 2);
      if (type === 0x82) peer.write(Buffer.from([...suback.slice(0, 2), ...number, ...suback.slice(4)]));
    }
  };
}
