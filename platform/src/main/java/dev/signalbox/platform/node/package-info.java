/** A running process: its services, cluster membership, management port, start and ordered stop. */
@NullMarked
package dev.signalbox.platform.node;

import org.jspecify.annotations.NullMarked;
