/** Says what was told of Quorate itself, once it is durable: also where no channel is named to hear of it. */
import type { Alert } from '@quorate/contracts';
import { metrics, type Logger } from '@quorate/telemetry';

export function logPlatformAlert(logger: Logger, alert: Alert): void {
  const { transition, monitor, incidentId, trouble, channelIds, acknowledgedBy } = alert;
  metrics.alerts.add(1, { transition });
  const fields = { condition: monitor.target, incidentId };
  if (transition !== 'opened') {
    logger.info(`Quorate's own trouble was ${transition}: ${monitor.name}`, { ...fields, acknowledgedBy });
    return;
  }
  logger.error(`Quorate is in trouble: ${monitor.name}`, { ...fields, ...trouble, channelIds });
  if (channelIds.length === 0) {
    logger.warn('No channel hears of it; name some in platformChannelIds (PATCH /api/v1/settings)', fields);
  }
}
