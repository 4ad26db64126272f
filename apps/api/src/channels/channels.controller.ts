/** The routes of channels. */
import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { alertIdOf, deliveryIdOf } from '@quorate/contracts';
import { DataSource } from 'typeorm';
import { Commands } from '../commands.ts';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { pageOf, type Page } from '../http/page.ts';
import { presentChannel } from './channel.presenter.ts';
import type { ChannelAnswer } from './channel.schema.ts';
import {
  createChannel,
  deleteChannel,
  editChannel,
  listChannelsOperation,
  readChannel,
  testChannel,
} from './channels.operations.ts';
import { findChannel, listChannels } from './channels.queries.ts';
import { changeable, ChannelsService } from './channels.service.ts';

@Controller()
export class ChannelsController {
  readonly #channels: ChannelsService;
  readonly #database: DataSource;
  readonly #commands: Commands;

  constructor(channels: ChannelsService, database: DataSource, commands: Commands) {
    this.#channels = channels;
    this.#database = database;
    this.#commands = commands;
  }

  @Operation(createChannel)
  create(@Input() { body }: InputOf<typeof createChannel>): Promise<ChannelAnswer> {
    return this.#channels.create(body);
  }

  @Operation(listChannelsOperation)
  async list(@Input() { query }: InputOf<typeof listChannelsOperation>): Promise<Page<ChannelAnswer>> {
    return pageOf(await listChannels(this.#database, query), query.limit, {
      present: presentChannel,
      position: ({ createdAt, id }) => ({ at: createdAt, id }),
    });
  }

  @Operation(readChannel)
  async read(@Input() { params }: InputOf<typeof readChannel>): Promise<ChannelAnswer> {
    return presentChannel(await findChannel(this.#database.manager, params.id));
  }

  @Operation(editChannel)
  edit(@Input() { params, body, expectedVersion }: InputOf<typeof editChannel>): Promise<ChannelAnswer> {
    return this.#channels.edit({ id: params.id, patch: body, expectedVersion });
  }

  @Operation(deleteChannel)
  remove(@Input() { params }: InputOf<typeof deleteChannel>): Promise<void> {
    return this.#channels.remove(params.id);
  }

  @Operation(testChannel)
  async test(@Input() { params }: InputOf<typeof testChannel>): Promise<{ deliveryId: string }> {
    const channel = await findChannel(this.#database.manager, params.id);
    changeable(channel); // A test of the built-in one would say that all is well, whatever is.
    const channelId = channel.id;
    const testId = randomUUID();
    await this.#commands.append({ v: 1, type: 'test-channel', channelId, testId, at: this.#commands.now() });
    return { deliveryId: deliveryIdOf(alertIdOf(`test:${testId}`, 'test', 0), channelId) };
  }
}
