/** Ids of the OneUptime project that records refer to. It refuses those that it does not know. */
export interface ProjectIds {
  operationalStatus: string;
  /** Of a monitor that found something. */
  degradedStatus: string;
  incidentSeverity: Record<Urgency, string>;
  alertSeverity: string;
  /** Of `service.name`; absent until its first telemetry has arrived. */
  service?: string;
}

/** `high` is to be looked at now, `low` today. */
export type Urgency = 'high' | 'low';
