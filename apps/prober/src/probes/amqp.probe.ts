/** The AMQP probe: opens a connection to a virtual host (AMQP 0-9-1), and looks at a queue without touching it. */
import type { AmqpProbe } from '@quorate/contracts';
import {
  hearMethod,
  longText,
  methods,
  protocolHeader,
  sendMethod,
  shortText,
  tableOf,
  uint16,
  uint32,
} from '../talk/amqp-frames.ts';
import { probeService } from '../talk/service.ts';
import { fail, secureTalk, send, type Talk } from '../talk/talk.ts';
import type { PerformProbe } from './probe-context.ts';

const ports = { plain: 5_672, tls: 5_671 } as const;
const connection = 0;
const channel = 1;
const mechanism = 'PLAIN';
const replySuccess = 200;
/** Of `queue.declare`: only whether it exists. */
const passive = 1;

/** Lets the broker say why it refuses a log-in, instead of hanging up. */
const clientProperties = tableOf({ product: 'Quorate', capabilities: { authentication_failure_close: true } });

function* logIn({ username, password }: AmqpProbe): Talk {
  yield* send(protocolHeader);
  const start = yield* hearMethod(methods.connectionStart);
  start.take(2);
  start.take(start.uint(4));
  const offered = start.take(start.uint(4)).toString('latin1').split(' ');
  if (!offered.includes(mechanism)) {
    return yield* fail('auth.refused', `the broker takes no PLAIN log-in, only ${offered.join(', ')}`);
  }
  const response = longText(`\0${username}\0${password ?? ''}`);
  const parts = [clientProperties, shortText(mechanism), response, shortText('en_US')];
  yield* sendMethod(connection, methods.connectionStartOk, ...parts);
}

function* openVhost({ vhost }: AmqpProbe): Talk {
  const tune = yield* hearMethod(methods.connectionTune);
  const noHeartbeat = uint16(0);
  const limits = [uint16(tune.uint(2)), uint32(tune.uint(4)), noHeartbeat];
  yield* sendMethod(connection, methods.connectionTuneOk, ...limits);
  yield* sendMethod(connection, methods.connectionOpen, shortText(vhost), shortText(''), Buffer.from([0]));
  yield* hearMethod(methods.connectionOpenOk);
}

function* lookAtQueue(queue: string): Talk {
  yield* sendMethod(channel, methods.channelOpen, shortText(''));
  yield* hearMethod(methods.channelOpenOk);
  const parts = [uint16(0), shortText(queue), Buffer.from([passive]), tableOf({})];
  yield* sendMethod(channel, methods.queueDeclare, ...parts);
  yield* hearMethod(methods.queueDeclareOk);
}

function* talk(amqp: AmqpProbe): Talk {
  if (amqp.tls !== 'disable') yield* secureTalk();
  yield* logIn(amqp);
  yield* openVhost(amqp);
  if (amqp.queue !== null) yield* lookAtQueue(amqp.queue);
  yield* sendMethod(connection, methods.connectionClose, uint16(replySuccess), shortText(''), uint32(0));
}

export const probeAmqp: PerformProbe<AmqpProbe> = async (amqp, context) => {
  const { host, tls } = amqp;
  const port = amqp.port ?? (tls === 'disable' ? ports.plain : ports.tls);
  return await probeService(
    { ...amqp, endpoints: [{ host, port }], protocol: 'AMQP 0-9-1', talk: () => talk(amqp) },
    context,
  );
};
