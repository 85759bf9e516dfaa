/**
 * Addresses and blocks of addresses as text and bits, the blocks that are not the public internet,
 * and how often one address may be sent something. It belongs to no service: whatever contacts an
 * address, here or at a volunteer's, judges by these.
 */
@NullMarked
package dev.signalbox.contracts.net;

import org.jspecify.annotations.NullMarked;
