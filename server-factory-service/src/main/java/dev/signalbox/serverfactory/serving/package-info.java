/**
 * The running server on demand: one listening socket on an event loop, its connections, and how a
 * request comes to its response. Where it needs files or another server it asks through {@link
 * dev.signalbox.serverfactory.serving.FileSource} and {@link
 * dev.signalbox.serverfactory.serving.Upstream}.
 */
@NullMarked
package dev.signalbox.serverfactory.serving;

import org.jspecify.annotations.NullMarked;
