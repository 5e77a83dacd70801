extern "C" {
    pub fn strlen(text: *const u8, ...) -> usize;
    static environ: *const *const u8;
}

#[no_mangle]
pub unsafe extern "C" fn exported(callback: Option<extern "C" fn(i32)>) -> i32 {
    strlen(environ as *const u8) as i32
}

#[async_trait]
pub trait Remote {
    async fn call(&self, request: Request) -> Response;
}
