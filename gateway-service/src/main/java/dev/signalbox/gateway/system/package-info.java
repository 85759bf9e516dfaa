/** Services, health, metrics, and the OpenAPI description. */
@NullMarked
package dev.signalbox.gateway.system;

import org.jspecify.annotations.NullMarked;
