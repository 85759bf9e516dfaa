/** The system about itself: services, health, metrics, and the description of the interface. */
@NullMarked
package dev.signalbox.gateway.system;

import org.jspecify.annotations.NullMarked;
