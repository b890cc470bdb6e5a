// Decides requests by IAM's rules: reads {policies, requests} as JSON from standard input and prints a list of verdicts.
//
// A request names its policies by their keys in `policies`. A verdict is "allowed", "denied", or an "error" with its text: a policy
// that is no policy, an action that does not exist, or a condition key that the simulator would have passed over in silence.

import { createValidatedPolicy, validateEndpointPolicy, validateIdentityPolicy, validateResourcePolicy } from '@cloud-copilot/iam-policy'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'

const { policies, requests } = JSON.parse(readFileSync(0, 'utf8'))
const validated = new Map()

function policy(name, validate) {
  const key = `${validate.name} ${name}`
  if (!validated.has(key)) validated.set(key, createValidatedPolicy(policies[name], validate))
  return validated.get(key)
}

const named = (names, validate) => names.map((name) => ({ name, policy: policy(name, validate) }))

async function verdict({ principal, action, resource, account, context, identity, boundary, endpoint, resourcePolicy }) {
  const answer = await runSimulation(
    {
      request: { principal, action, resource: { resource, accountId: account }, contextVariables: context },
      identityPolicies: named(identity, validateIdentityPolicy),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(boundary.length > 0 && { permissionBoundaryPolicies: named(boundary, validateIdentityPolicy) }),
      ...(endpoint.length > 0 && { vpcEndpointPolicies: named(endpoint, validateEndpointPolicy) }),
      ...(resourcePolicy && { resourcePolicy: policy(resourcePolicy, validateResourcePolicy) })
    },
    { simulationMode: 'Strict' }
  )
  if (answer.resultType !== 'single') return { error: JSON.stringify(answer.errors ?? answer.resultType) }
  return { result: answer.overallResult === 'Allowed' ? 'allowed' : 'denied', ignored: answer.result.ignoredContextKeys }
}

const verdicts = []
for (const request of requests) verdicts.push(await verdict(request))
console.log(JSON.stringify(verdicts))
