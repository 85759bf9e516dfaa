/** The live feed: events of the cluster as server-sent events. */
@NullMarked
package dev.signalbox.gateway.events;

import org.jspecify.annotations.NullMarked;
