// OpenTelemetry's own Lambda set-up, as its layer has it by default: BatchSpanProcessor, a periodic
// metric reader, a logger provider, the AWS instrumentations, OTLP over HTTP. The layer's other
// instrumentations (http, dns, net, pg and so on) are left out, which is kind to it.
import { propagation } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { AwsLambdaInstrumentation } from '@opentelemetry/instrumentation-aws-lambda';
import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk';
import { awsLambdaDetector } from '@opentelemetry/resource-detector-aws';
import { detectResources, envDetector, processDetector } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** @returns the handler as AwsLambdaInstrumentation wraps it */
export function instrument(createHandler) {
  const lambda = new AwsLambdaInstrumentation();
  const instrumentations = [
    new AwsInstrumentation({ suppressInternalInstrumentation: true }),
    lambda,
  ];
  const resource = detectResources({
    detectors: [awsLambdaDetector, envDetector, processDetector],
  });
  const tracerProvider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  tracerProvider.register({
    propagator: new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter() })],
  });
  logs.setGlobalLoggerProvider(loggerProvider);
  registerInstrumentations({ instrumentations, tracerProvider, meterProvider, loggerProvider });

  // A bundle has no require() to hook, so the patch is applied by hand, as OpenTelemetry's plugin
  // for esbuild does it.
  const exported = { handler: createHandler({ tracerProvider, meterProvider, propagation }) };
  const [definition] = lambda.getModuleDefinitions();
  definition.files[0].patch(exported);
  return exported.handler;
}
