import { HttpNoneAuthorizer, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';

/** Who may call the routes under /tasks. */
export type TaskApiAuth = 'iam' | 'none' | TaskApiJwtAuth;

export interface TaskApiJwtAuth {
  /** `https://`, where `/.well-known/openid-configuration` is found. */
  readonly issuer: string;
  readonly audience: readonly string[];
  /** A token needs one of them. @default - any token of the issuer for the audience */
  readonly scopes?: readonly string[];
}

/** @throws Error for what would leave the API open without saying so. */
export function createAuthorizer(auth: TaskApiAuth): IHttpRouteAuthorizer {
  if (auth === 'iam') return new HttpIamAuthorizer();
  if (auth === 'none') return new HttpNoneAuthorizer();
  const { issuer, audience } = (auth ?? {}) as Partial<TaskApiJwtAuth>;
  if (!issuer?.startsWith('https://') || !Array.isArray(audience) || audience.length === 0) {
    throw new Error(
      `auth of the API is ${JSON.stringify(auth)}, which would leave it open. Use 'iam', an issuer (https://...) with at least one audience, or, for an API that everybody may call, 'none'.`,
    );
  }
  return new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: [...audience] });
}
