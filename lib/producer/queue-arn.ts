const REGION = '[a-z]{2,}(?:-[a-z]+)+-\\d+';
/** Also behind a VPC endpoint, `vpce-1.sqs.eu-west-1.vpce.amazonaws.com`, and the older hosts. */
const HOSTS = [
  new RegExp(`(?:^|\\.)sqs(?:-fips)?\\.(${REGION})\\.`),
  new RegExp(`^(${REGION})\\.queue\\.`),
];

/** What a queue's URL says of its ARN. */
export interface QueuePlace {
  accountId: string;
  sqsName: string;
  /** Absent where the host does not tell, as on the local stack. */
  region?: string;
}

/** Undefined for a URL that does not end in `/<account>/<name>`. */
export function readQueueUrl(url: string): QueuePlace | undefined {
  const { hostname, pathname } = new URL(url);
  const [, accountId, sqsName] = /\/(\d{12})\/([\w-]+(?:\.fifo)?)$/.exec(pathname) ?? [];
  if (accountId === undefined || sqsName === undefined) return undefined;
  const found = HOSTS.map((host) => host.exec(hostname)?.[1]).find((each) => each !== undefined);
  const region = found ?? (hostname === 'queue.amazonaws.com' ? 'us-east-1' : undefined);
  return { accountId, sqsName, ...(region !== undefined && { region }) };
}
