/** What gateways tell each other. */
@NullMarked
package dev.signalbox.contracts.gateway;

import org.jspecify.annotations.NullMarked;
