/** Every migration, oldest first. A migration that was released never changes; the next one mends it. */
import { CreateSchema1763700000000 } from './1763700000000-create-schema.ts';
import { AddInstallation1763800000000 } from './1763800000000-add-installation.ts';
import { GuardReadModel1763900000000 } from './1763900000000-guard-read-model.ts';
import { AddPlatformIncidents1764000000000 } from './1764000000000-add-platform-incidents.ts';
import { ExplainVerdicts1764200000000 } from './1764200000000-explain-verdicts.ts';
import { AddStorms1764300000000 } from './1764300000000-add-storms.ts';
import { AddAudit1764400000000 } from './1764400000000-add-audit.ts';
import { AddMaintenanceWindows1764600000000 } from './1764600000000-add-maintenance-windows.ts';
import { AddCertificateWarnings1764700000000 } from './1764700000000-add-certificate-warnings.ts';

export const migrations = [
  CreateSchema1763700000000,
  AddInstallation1763800000000,
  GuardReadModel1763900000000,
  AddPlatformIncidents1764000000000,
  ExplainVerdicts1764200000000,
  AddStorms1764300000000,
  AddAudit1764400000000,
  AddMaintenanceWindows1764600000000,
  AddCertificateWarnings1764700000000,
] as const;
