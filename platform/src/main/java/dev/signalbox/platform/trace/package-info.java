/**
 * Spans of requests and calls, and their way to a collector. Off unless an endpoint is set; the
 * only package that knows OpenTelemetry, which is loaded when tracing is on and not before.
 */
@NullMarked
package dev.signalbox.platform.trace;

import org.jspecify.annotations.NullMarked;
