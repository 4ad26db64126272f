/** A stand-in for an MQTT broker that answers CONNECT and SUBSCRIBE. */
import type { Issued } from './certificates.ts';
import type { PeerScript } from './peer-server.ts';

export interface MqttStandInSettings {
  readonly issued?: Issued;
  /** Answers to CONNECT and SUBSCRIBE, whole packets. */
  readonly connack?: readonly number[];
  readonly suback?: readonly number[];
}

const usualConnack = [0x20, 2, 0, 0];
const usualSuback = [0x90, 3, 0, 1, 0];

export function mqttStandIn(settings: MqttStandInSettings = {}): PeerScript {
  const { issued, connack = usualConnack, suback = usualSuback } = settings;
  return async (peer) => {
    if (issued !== undefined) peer.startTls(issued);
    while (true) {
      const [type = 0, length = 0] = await peer.take(2);
      await peer.take(length);
      if (type === 0x10) peer.write(Buffer.from(connack));
      if (type === 0x82) peer.write(Buffer.from(suback));
    }
  };
}
