/**
 * Spans of requests and calls, and their way to a collector. Off unless an endpoint is set; the
 * only package that knows OpenTelemetry's SDK and exporter. Its API is used wherever a span begins.
 * None of it is loaded while tracing is off.
 */
@NullMarked
package dev.signalbox.platform.trace;

import org.jspecify.annotations.NullMarked;
