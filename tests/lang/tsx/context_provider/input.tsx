const Ctx = createContext<Value | undefined>(undefined);
export const Provider = ({ children }: PropsWithChildren) => <Ctx.Provider value={make()}>{children}</Ctx.Provider>;
export { Ctx, Provider as Default };
